#include "experiments/estimate_round.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "data/mnist.h"
#include "experiments/pair_training.h"
#include "experiments/round.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

// A round is timed so often, as other programs only ever make it longer, unless
// that takes more than so many seconds.
constexpr int kRepetitions = 3;
constexpr double kLongRound = 0.05;

// Of a round, with training and all else apart.
struct Timing {
  double training = std::numeric_limits<double>::infinity();
  double rest = std::numeric_limits<double>::infinity();
  int64_t parameter_count = 0;

  bool IsLong() const { return training + rest > kLongRound; }

  // Of the rounds' shortest times.
  void Take(double seconds, const proto::RunRecord& record) {
    const double trained = record.environment().training_seconds();
    training = std::min(training, trained);
    rest = std::min(rest, seconds - trained);
    parameter_count = record.parameter_count();
  }
};

absl::StatusOr<Timing> TimeRound(const Mnist& mnist,
                                 const proto::Configuration& configuration) {
  const std::atomic<bool> never = false;
  Timing timing;
  for (int i = 0; i < kRepetitions && (i == 0 || !timing.IsLong()); ++i) {
    const auto start = std::chrono::steady_clock::now();
    MINIDL_ASSIGN_OR_RETURN(const proto::RunRecord record,
                            RunRound(mnist, configuration, /*round=*/0, never));
    timing.Take(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count(),
        record);
  }
  return timing;
}

// A round of a few steps, each of which costs what it does in `configuration`.
// Rates that change with the epochs might not fit so few.
proto::Configuration ShortConfiguration(
    const proto::Configuration& configuration, int epochs, int steps_per_epoch,
    int test_pairs) {
  proto::Configuration result = configuration;
  proto::Training& training = *result.mutable_training();
  training.clear_schedule();
  training.clear_step_decay();
  training.clear_warm_up_epochs();
  training.clear_test_interval();
  training.set_epochs(epochs);
  result.set_train_pairs(std::min(steps_per_epoch * training.batch_size(),
                                  configuration.train_pairs()));
  result.set_test_pairs(std::min(test_pairs, configuration.test_pairs()));
  return result;
}

double Steps(const proto::Configuration& configuration) {
  const proto::Training& training = configuration.training();
  return training.epochs() *
         StepsPerEpoch(training, configuration.train_pairs());
}

// How often a pair is evaluated in a round, summed over all pairs.
double Evaluations(const proto::Configuration& configuration) {
  const int interval = configuration.training().test_interval();
  const int more =
      interval > 0 ? configuration.training().epochs() / interval : 0;
  return configuration.train_pairs() +
         (1.0 + more) * configuration.test_pairs();
}

}  // namespace

absl::StatusOr<RoundEstimate> EstimateRound(
    const Mnist& mnist, const proto::Configuration& configuration) {
  // Two rounds that differ in epochs and test pairs: what they have in common,
  // such as drawing pairs and the first step's allocations, is no part of the
  // difference.
  proto::Configuration small = ShortConfiguration(
      configuration, /*epochs=*/1, /*steps_per_epoch=*/1, /*test_pairs=*/50);
  proto::Configuration large = ShortConfiguration(
      configuration, /*epochs=*/3, /*steps_per_epoch=*/1, /*test_pairs=*/150);
  // This also brings into memory what is needed for the first time.
  MINIDL_ASSIGN_OR_RETURN(const Timing first, TimeRound(mnist, small));
  if (!first.IsLong()) {
    small = ShortConfiguration(configuration, /*epochs=*/1,
                               /*steps_per_epoch=*/4, /*test_pairs=*/100);
    large = ShortConfiguration(configuration, /*epochs=*/4,
                               /*steps_per_epoch=*/4, /*test_pairs=*/500);
  }
  MINIDL_ASSIGN_OR_RETURN(const Timing one, TimeRound(mnist, small));
  MINIDL_ASSIGN_OR_RETURN(const Timing other, TimeRound(mnist, large));
  const double per_step = std::max(0.0, other.training - one.training) /
                          (Steps(large) - Steps(small));
  const double more_pairs = Evaluations(large) - Evaluations(small);
  const double per_pair =
      more_pairs > 0 ? std::max(0.0, other.rest - one.rest) / more_pairs : 0;
  RoundEstimate estimate;
  estimate.seconds =
      one.training + (Steps(configuration) - Steps(small)) * per_step +
      one.rest + (Evaluations(configuration) - Evaluations(small)) * per_pair;
  estimate.parameter_count = one.parameter_count;
  return estimate;
}

}  // namespace minidl
