#include "statistics/architecture_lints.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_status.h"
#include "statistics/architecture_group.h"
#include "statistics/error_rate.h"
#include "statistics/intervals.h"
#include "statistics/lint.h"
#include "statistics/number_format.h"
#include "statistics/outliers.h"
#include "statistics/rounds.h"

namespace minidl {
namespace {

using proto::Lint;
using proto::RoundResult;

constexpr int kDecimals = 2;

std::string Percent(double value) {
  return absl::StrCat(FormatFixed(value, kDecimals), " %");
}

void LintUnused(const ArchitectureGroup& group,
                bool (*is_meant)(const proto::RunRecord& record),
                const std::string& one_did, const std::string& several_did,
                const std::string& advice, std::vector<Lint>& lints) {
  std::vector<proto::RoundId> rounds;
  for (const proto::RunRecord* record : group.records) {
    if (is_meant(*record)) rounds.push_back(IdOf(*record));
  }
  if (rounds.empty()) return;
  lints.push_back(MakeLint(
      Lint::UNUSED_ROUNDS, Lint::WARNING, {group.name}, rounds,
      absl::StrCat(rounds.size(), " of ", group.records.size(),
                   group.records.size() == 1 ? " round of " : " rounds of ",
                   group.name, " ", rounds.size() == 1 ? one_did : several_did,
                   " in no figure: ", DescribeRounds(rounds)),
      advice));
}

void LintIncomplete(const ArchitectureGroup& group, std::vector<Lint>& lints) {
  using proto::RunRecord;
  struct Figure {
    std::string name;
    bool (*is_in)(const RunRecord&);
  };
  const std::vector<Figure> figures = {
      {"test error",
       [](const RunRecord& r) { return r.errors().test().total() > 0; }},
      {"train error",
       [](const RunRecord& r) { return r.errors().train().total() > 0; }},
      {"digit error",
       [](const RunRecord& r) { return r.errors().test_digits().total() > 0; }},
      {"training time", [](const RunRecord& r) { return r.has_environment(); }},
  };
  for (const Figure& figure : figures) {
    size_t used = 0;
    std::vector<proto::RoundId> without;
    for (const RunRecord* record : group.records) {
      if (!IsUsed(*record)) continue;
      ++used;
      if (!figure.is_in(*record)) without.push_back(IdOf(*record));
    }
    // A figure of no round is no figure of this architecture.
    if (without.empty() || without.size() == used) continue;
    lints.push_back(
        MakeLint(Lint::INCOMPLETE_FIGURE, Lint::WARNING, {group.name}, without,
                 absl::StrCat(group.name, " has a ", figure.name, " in ",
                              used - without.size(), " of ", used,
                              " finished rounds; it is missing in ",
                              DescribeRounds(without)),
                 "run these rounds again, or leave this figure out"));
  }
}

void LintNotFinite(const ArchitectureGroup& group, std::vector<Lint>& lints) {
  std::vector<proto::RoundId> times;
  std::vector<proto::RoundId> losses;
  for (const proto::RunRecord* record : group.records) {
    if (!IsUsed(*record)) continue;
    if (!std::isfinite(record->environment().training_seconds())) {
      times.push_back(IdOf(*record));
    }
    if (std::any_of(record->epochs().begin(), record->epochs().end(),
                    [](const proto::Epoch& epoch) {
                      return !std::isfinite(epoch.loss());
                    })) {
      losses.push_back(IdOf(*record));
    }
  }
  if (!times.empty()) {
    lints.push_back(MakeLint(
        Lint::NOT_FINITE, Lint::WARNING, {group.name}, times,
        absl::StrCat("the training time of ", DescribeRounds(times), " of ",
                     group.name, " is not a number; there is no mean time"),
        "look at what wrote these records"));
  }
  if (!losses.empty()) {
    lints.push_back(MakeLint(
        Lint::NOT_FINITE, Lint::WARNING, {group.name}, losses,
        absl::StrCat("losses of ", DescribeRounds(losses), " of ", group.name,
                     " are not numbers, though these rounds finished"),
        "look at what wrote these records"));
  }
}

// Why the record's test error may be another epoch's than the last; empty if
// the record shows nothing of the kind.
std::string BestEpochEvidence(const proto::RunRecord& record) {
  const int ended = record.epochs_size();
  if (!IsUsed(record) || ended == 0) return "";
  if (ended < record.training().epochs()) {
    return absl::StrCat("ended after epoch ", ended, " of ",
                        record.training().epochs());
  }
  const std::optional<double> last =
      ErrorPercent(record.epochs(ended - 1).test());
  const std::optional<double> reported = ErrorPercent(record.errors().test());
  if (!last.has_value() || !reported.has_value() || last == reported) return "";
  return absl::StrCat("reports a test error of ", Percent(*reported), ", and ",
                      Percent(*last), " in its last epoch");
}

void LintBestEpoch(const ArchitectureGroup& group, std::vector<Lint>& lints) {
  std::vector<proto::RoundId> rounds;
  std::string first_evidence;
  for (const proto::RunRecord* record : group.records) {
    const std::string evidence = BestEpochEvidence(*record);
    if (evidence.empty()) continue;
    if (rounds.empty()) first_evidence = evidence;
    rounds.push_back(IdOf(*record));
  }
  if (rounds.empty()) return;
  lints.push_back(MakeLint(
      Lint::BEST_EPOCH, Lint::WARNING, {group.name}, rounds,
      absl::StrCat(DescribeRounds(rounds), " of ", group.name,
                   rounds.size() == 1 ? " "
                                      : " may report an epoch that is not the "
                                        "last: the first one ",
                   first_evidence),
      "an epoch that was chosen by the test set has too low a test error; "
      "report the last one, or choose by training data alone"));
}

// The number of test pairs of every round used, if it is the same.
std::optional<int64_t> TestPairs(const ArchitectureGroup& group) {
  std::optional<int64_t> pairs;
  for (const proto::RunRecord* record : group.records) {
    if (!IsUsed(*record)) continue;
    const int64_t total = record->errors().test().total();
    if (pairs.value_or(total) != total) return std::nullopt;
    pairs = total;
  }
  return pairs;
}

// What the sampling of test pairs alone makes of a round's test error, where
// there is an error and every round has as many pairs.
std::optional<double> BinomialFloor(const ArchitectureGroup& group,
                                    const proto::Estimate& test_error) {
  const std::optional<int64_t> test_pairs = TestPairs(group);
  if (!test_error.has_mean() || !test_pairs.has_value()) return std::nullopt;
  return BinomialDeviation(test_error.mean(), *test_pairs);
}

void LintBinomialFloor(const ArchitectureGroup& group,
                       const proto::Estimate& test_error,
                       std::vector<Lint>& lints) {
  const std::optional<double> floor = BinomialFloor(group, test_error);
  if (!test_error.has_deviation() || !floor.has_value() ||
      test_error.deviation() >= *floor) {
    return;
  }
  const double chance = ProbabilityOfDeviationUpTo(test_error.deviation(),
                                                   test_error.n(), *floor);
  const bool is_chance = chance >= (1 - kConfidence) / 2;
  lints.push_back(MakeLint(
      Lint::BELOW_BINOMIAL_FLOOR, is_chance ? Lint::NOTE : Lint::WARNING,
      {group.name}, {},
      absl::StrCat("test errors of ", group.name, " deviate by ",
                   FormatFixed(test_error.deviation(), kDecimals),
                   " points, less than the draw of ",
                   FormatCount(*TestPairs(group)),
                   " independent test pairs makes them (",
                   FormatFixed(*floor, kDecimals),
                   "; chance of as little: ", FormatProbability(chance), ")"),
      is_chance
          ? "nothing, it may be chance; but do not call these rounds stable"
          : "check that every round draws its own test pairs: intervals and "
            "tests take rounds for independent"));
}

void LintOutliers(const ArchitectureGroup& group,
                  const proto::ArchitectureStatistics& statistics,
                  std::vector<Lint>& lints) {
  std::vector<proto::RoundId> ids;
  std::vector<double> values;
  for (const RoundResult& result : statistics.results()) {
    if (!result.used() || !result.has_test_error()) continue;
    ids.push_back(result.id());
    values.push_back(result.test_error());
  }
  if (values.size() < kMinOutlierValues) return;
  const std::vector<double> scores = ModifiedZScores(
      values, BinomialFloor(group, statistics.test_error()).value_or(0));
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::abs(scores[i]) <= kOutlierScore) continue;
    lints.push_back(MakeLint(
        Lint::OUTLIER, Lint::NOTE, {statistics.name()}, {ids[i]},
        absl::StrCat(DescribeRounds({ids[i]}), " of ", statistics.name(),
                     " has a test error of ", Percent(values[i]),
                     ", far from the median ",
                     Percent(statistics.test_error().median()),
                     " (modified z-score ", FormatFixed(scores[i], 1), ")"),
        "look at its record (records show); leave it in unless something "
        "other than its result is wrong with it, and give the median too"));
  }
}

}  // namespace

std::vector<Lint> ArchitectureLints(
    const ArchitectureGroup& group,
    const proto::ArchitectureStatistics& statistics) {
  using proto::RunRecord;
  std::vector<Lint> lints;
  const std::string name_used =
      "name k/N with every figure: it speaks of the rounds that went well";
  LintUnused(
      group,
      [](const RunRecord& record) {
        return record.status() == RunRecord::DIVERGED && !IsAtChance(record);
      },
      "diverged (not finite) and counts", "diverged (not finite) and count",
      name_used, lints);
  LintUnused(group, IsAtChance, "diverged (stuck at chance) and counts",
             "diverged (stuck at chance) and count", name_used, lints);
  LintUnused(
      group,
      [](const RunRecord& record) {
        return record.status() == RunRecord::INTERRUPTED;
      },
      "was interrupted and counts", "were interrupted and count",
      "run what is missing: digit_pairs --resume --output=FILE", lints);
  LintIncomplete(group, lints);
  LintNotFinite(group, lints);
  LintBestEpoch(group, lints);
  LintBinomialFloor(group, statistics.test_error(), lints);
  LintOutliers(group, statistics, lints);
  return lints;
}

}  // namespace minidl
