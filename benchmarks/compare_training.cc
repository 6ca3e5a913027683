#include "benchmarks/compare_training.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "benchmarks/libtorch_training.h"
#include "benchmarks/median.h"
#include "benchmarks/our_training.h"
#include "benchmarks/training_result.h"
#include "benchmarks/versus.h"
#include "benchmarks/workloads.h"
#include "statistics/number_format.h"
#include "statistics/table.h"

namespace minidl {
namespace {

absl::StatusOr<TrainingResult> Train(const std::string& side,
                                     const Workload& workload) {
  if (side == "ours") return TrainOurs(workload);
  if (side == "plain") return TrainLibTorch(workload, LibTorchUse::kPlain);
  if (side == "tuned") return TrainLibTorch(workload, LibTorchUse::kTuned);
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no side \"", side, "\"; there are ours, plain and tuned"));
}

// The first batches of a workload.
Workload WarmUp(Workload workload) {
  struct Shorten {
    void operator()(PairWorkload& task) const { task.training.set_epochs(1); }
    void operator()(DiskWorkload& task) const { task.epochs = 1; }
    void operator()(ImageWorkload& task) const {
      task.epochs = 1;
      task.num_images = std::min(task.num_images, 10 * task.batch_size);
    }
  };
  std::visit(Shorten(), workload.task);
  return workload;
}

// What a side's trainings of one workload left.
struct SideResults {
  std::vector<double> cpu_seconds;
  std::vector<double> wall_seconds;
  std::vector<double> losses;
};

absl::Status AddResult(const Side& side, const std::string& name,
                       const CompareTrainingOptions& options,
                       SideResults& results) {
  std::vector<std::string> arguments = {absl::StrCat("--side=", side.name),
                                        absl::StrCat("--workloads=", name)};
  if (options.workload_options.epochs.has_value()) {
    arguments.push_back(
        absl::StrCat("--epochs=", *options.workload_options.epochs));
  }
  if (options.workload_options.images.has_value()) {
    arguments.push_back(
        absl::StrCat("--images=", *options.workload_options.images));
  }
  MINIDL_ASSIGN_OR_RETURN(const std::string output,
                          RunThisProgram(arguments, side.environment));
  MINIDL_ASSIGN_OR_RETURN(const TrainingResult result, ParseResult(output));
  results.cpu_seconds.push_back(result.cpu_seconds);
  results.wall_seconds.push_back(result.wall_seconds);
  results.losses = result.losses;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrainingResult> TrainSide(const std::string& side,
                                         const Workload& workload) {
  MINIDL_RETURN_IF_ERROR(Train(side, WarmUp(workload)).status());
  return Train(side, workload);
}

absl::Status CompareTrainings(const CompareTrainingOptions& options) {
  const std::vector<Side> sides = Sides();
  Table table;
  table.columns = {{"workload", Alignment::kLeft},
                   {"side", Alignment::kLeft},
                   {"CPU s"},
                   {"least"},
                   {"most"},
                   {"examples/s"},
                   {"ours is"},
                   {"first loss"},
                   {"last loss"}};
  absl::Status same = absl::OkStatus();
  for (const std::string& name : options.workloads) {
    MINIDL_ASSIGN_OR_RETURN(const Workload workload,
                            LoadWorkload(name, options.workload_options));
    std::vector<SideResults> results(sides.size());
    for (int repetition = 0; repetition < options.repetitions; ++repetition) {
      std::fprintf(stderr, "%s: %d of %d\n", name.c_str(), repetition + 1,
                   options.repetitions);
      for (size_t i = 0; i < sides.size(); ++i) {
        MINIDL_RETURN_IF_ERROR(AddResult(sides[i], name, options, results[i]));
      }
    }
    const double our_wall_seconds = Median(results[0].wall_seconds);
    const double our_cpu_seconds = Median(results[0].cpu_seconds);
    for (size_t i = 0; i < sides.size(); ++i) {
      const SideResults& result = results[i];
      const double cpu_seconds = Median(result.cpu_seconds);
      const double wall_seconds = Median(result.wall_seconds);
      // With several threads it counts when the last one is done.
      const double ratio = workload.threads == 1
                               ? cpu_seconds / our_cpu_seconds
                               : wall_seconds / our_wall_seconds;
      table.rows.push_back(
          {i == 0 ? name : "", sides[i].name, FormatFixed(cpu_seconds, 4),
           FormatFixed(*std::min_element(result.cpu_seconds.begin(),
                                         result.cpu_seconds.end()),
                       4),
           FormatFixed(*std::max_element(result.cpu_seconds.begin(),
                                         result.cpu_seconds.end()),
                       4),
           FormatCount(static_cast<int64_t>(
               static_cast<double>(NumExamples(workload)) / wall_seconds)),
           i == 0 ? "" : absl::StrCat(FormatFixed(ratio, 2), "x"),
           FormatFixed(result.losses.front(), 5),
           FormatFixed(result.losses.back(), 5)});
      absl::Status agrees = CheckSameTraining(results[0].losses, result.losses);
      if (same.ok() && !agrees.ok()) {
        same = absl::FailedPreconditionError(
            absl::StrCat(name, ": ours and ", sides[i].name,
                         " did not train the same: ", agrees.message()));
      }
    }
  }
  std::printf(
      "%s\nMedians of %d, each in a process of its own. \"ours is\": so many "
      "times as fast, by\nthe processor time, or with several threads by the "
      "clock.\n",
      TextTable(table).c_str(), options.repetitions);
  return same;
}

}  // namespace minidl
