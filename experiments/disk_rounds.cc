#include "experiments/disk_rounds.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "data/disk_set.h"
#include "data/disk_set_file.h"
#include "experiments/disk.h"
#include "experiments/disk_page.h"
#include "report/disk_page.pb.h"
#include "report/page.h"
#include "statistics/moments.h"
#include "statistics/number_format.h"

namespace minidl {
namespace {

constexpr int kMaxPlotRounds = 100;

absl::Status Validate(const DiskRoundsOptions& options) {
  MINIDL_RETURN_IF_ERROR(ValidateDiskOptions(options.training));
  if (options.rounds < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rounds is ", options.rounds, "; expected at least 1"));
  }
  if (options.log_every < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--log_every is ", options.log_every, "; expected at least 1"));
  }
  if (options.plot.empty()) return absl::OkStatus();
  if (options.rounds > kMaxPlotRounds) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rounds is ", options.rounds, "; expected at most ",
                     kMaxPlotRounds, " with --plot"));
  }
  return CheckPageCanBeAt(options.plot);
}

// "0.90% ± 0.32%"; of a single round "0.90%".
std::string MeanError(int rounds, absl::Span<const double> errors) {
  const Moments moments = ComputeMoments(errors);
  std::string text = absl::StrCat(FormatFixed(moments.mean, 2), "%");
  if (rounds == 1) return text;
  absl::StrAppend(&text, " ± ", FormatFixed(moments.deviation, 2));
  if (moments.deviation.has_value()) absl::StrAppend(&text, "%");
  return text;
}

}  // namespace

std::string DescribeDiskErrors(int rounds,
                               absl::Span<const double> train_errors,
                               absl::Span<const double> test_errors) {
  return absl::StrCat(
      rounds == 1
          ? ""
          : absl::StrCat("mean ± standard deviation (n-1) of ",
                         test_errors.size(), " of ", rounds, " rounds:\n"),
      "train error: ", MeanError(rounds, train_errors),
      "\ntest error: ", MeanError(rounds, test_errors), "\n");
}

absl::Status RunDiskRounds(const DiskRoundsOptions& given) {
  DiskRoundsOptions options = given;
  DiskSets sets;
  if (!options.data.empty()) {
    MINIDL_ASSIGN_OR_RETURN(sets, ReadDiskSets(options.data));
    options.training.sets = &sets;
  }
  MINIDL_RETURN_IF_ERROR(Validate(options));
  const bool is_single = options.rounds == 1;
  std::vector<double> train_errors;
  std::vector<double> test_errors;
  proto::DiskPage page = NewDiskPage(options.training);
  absl::Status interrupted;
  if (!options.data.empty() && !is_single) {
    std::printf("every round has the data of %s, and weights of its own\n",
                options.data.c_str());
  }
  for (int i = 0; i < options.rounds; ++i) {
    // A reader of a pipe, too, sees how far it is.
    std::fflush(stdout);
    DiskOptions training = options.training;
    training.seed += static_cast<uint64_t>(i);
    std::vector<double> losses;
    const absl::StatusOr<DiskRound> round = RunDisk(training, [&](int epoch,
                                                                  double loss) {
      losses.push_back(loss);
      if (is_single &&
          (epoch % options.log_every == 0 || epoch == training.epochs)) {
        std::printf("epoch %d/%d: loss %.5f\n", epoch, training.epochs, loss);
        std::fflush(stdout);
      }
    });
    if (absl::IsCancelled(round.status())) {
      interrupted = is_single ? round.status()
                              : absl::CancelledError(absl::StrCat(
                                    "interrupted after ", i, " of ",
                                    options.rounds, " rounds"));
      break;
    }
    if (!is_single) {
      std::printf("seed %llu: ",
                  static_cast<unsigned long long>(training.seed));
    }
    if (absl::IsOutOfRange(round.status())) {
      if (is_single) return round.status();
      std::printf("%s\n", std::string(round.status().message()).c_str());
      AddDivergedDiskRound(training.seed, losses, page);
      continue;
    }
    MINIDL_RETURN_IF_ERROR(round.status());
    train_errors.push_back(100 * round->train_error);
    test_errors.push_back(100 * round->test_error);
    if (!is_single) {
      std::printf("loss %.5f, train error %.2f%%, test error %.2f%%\n",
                  losses.back(), train_errors.back(), test_errors.back());
    }
    if (!options.plot.empty()) {
      AddDiskRound(training.seed, losses, *round, page);
    }
  }
  if (!test_errors.empty()) {
    std::fputs(
        DescribeDiskErrors(options.rounds, train_errors, test_errors).c_str(),
        stdout);
  }
  if (!options.plot.empty() && page.rounds_size() > 0) {
    FinishDiskPage(page);
    MINIDL_RETURN_IF_ERROR(WritePage(options.plot, page));
    std::fprintf(stderr, "page: %s\n", options.plot.c_str());
  }
  MINIDL_RETURN_IF_ERROR(interrupted);
  if (test_errors.empty()) {
    return absl::OutOfRangeError(
        absl::StrCat("training diverged in all ", options.rounds, " rounds"));
  }
  return absl::OkStatus();
}

}  // namespace minidl
