#include "benchmarks/measure_training.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/host.h"
#include "base/status_macros.h"
#include "benchmarks/fma_peak.h"
#include "benchmarks/median.h"
#include "benchmarks/memory.h"
#include "benchmarks/our_training.h"
#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"
#include "statistics/number_format.h"
#include "statistics/table.h"

namespace minidl {
namespace {

struct Timing {
  double cpu_seconds;
  double wall_seconds;
  double final_loss;
};

// Medians of the seconds.
Timing TimeWorkload(const Workload& workload, int repetitions) {
  std::vector<double> cpu_seconds;
  std::vector<double> wall_seconds;
  double final_loss = 0;
  for (int i = 0; i < repetitions; ++i) {
    const TrainingResult result = TrainOurs(workload);
    cpu_seconds.push_back(result.cpu_seconds);
    wall_seconds.push_back(result.wall_seconds);
    final_loss = result.losses.back();
  }
  return {Median(cpu_seconds), Median(wall_seconds), final_loss};
}

void PrintPeaks(const std::vector<FmaPeak>& peaks) {
  std::printf("%s; one core's peak of fused multiply-adds:", CpuName().c_str());
  for (const FmaPeak& peak : peaks) {
    std::printf(" %s GFLOP/s (%s)", FormatFixed(peak.gflops, 1).c_str(),
                peak.target.c_str());
  }
  std::printf("\n\n");
}

absl::Status MeasureWorkloads(const std::vector<std::string>& names,
                              const MeasureTrainingOptions& options,
                              const std::vector<FmaPeak>& peaks) {
  Table table;
  table.columns = {{"workload", Alignment::kLeft},
                   {"parameters"},
                   {"CPU s"},
                   {"wall s"},
                   {"examples/s"},
                   {"GFLOP/s"}};
  for (const FmaPeak& peak : peaks) {
    table.columns.push_back({absl::StrCat("% of ", peak.target)});
  }
  table.columns.push_back({"peak MiB"});
  table.columns.push_back({"final loss"});
  for (const std::string& name : names) {
    MINIDL_ASSIGN_OR_RETURN(const Workload workload,
                            LoadWorkload(name, options.workload_options));
    std::fprintf(stderr, "%s\n", name.c_str());
    MINIDL_RETURN_IF_ERROR(ResetPeakMemory());
    const Timing timing = TimeWorkload(workload, options.repetitions);
    MINIDL_ASSIGN_OR_RETURN(const int64_t memory, PeakMemory());
    // A core's.
    const double gflops = DenseFlops(workload) / timing.cpu_seconds * 1e-9;
    std::vector<std::string> row = {
        name,
        FormatCount(NumParameters(workload)),
        FormatFixed(timing.cpu_seconds, 4),
        FormatFixed(timing.wall_seconds, 4),
        FormatCount(static_cast<int64_t>(
            static_cast<double>(NumExamples(workload)) / timing.wall_seconds)),
        FormatFixed(gflops, 1)};
    for (const FmaPeak& peak : peaks) {
      row.push_back(FormatFixed(100 * gflops / peak.gflops, 1));
    }
    row.push_back(FormatFixed(static_cast<double>(memory) / (1 << 20), 1));
    row.push_back(FormatFixed(timing.final_loss, 5));
    table.rows.push_back(std::move(row));
  }
  std::printf(
      "%s\nMedians of %d. GFLOP/s of each core, as if nothing were skipped, "
      "forwards and\nbackwards; of the processor time of all threads.\n",
      TextTable(table).c_str(), options.repetitions);
  return absl::OkStatus();
}

// LeNet's time for an eighth of the images, and for more images, channels or
// examples a batch.
absl::Status MeasureScale(const MeasureTrainingOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(Workload lenet,
                          LoadWorkload("lenet", options.workload_options));
  auto& all = std::get<ImageWorkload>(lenet.task);
  const int64_t num_images = std::max<int64_t>(1, all.num_images / 8);
  Table table;
  table.columns = {{"images"},   {"width"},   {"batch"},    {"CPU s"},
                   {"us/image"}, {"GFLOP/s"}, {"of linear"}};
  double base_seconds = 0;
  double base_flops = 0;
  const auto measure = [&](int64_t images, int width, int64_t batch_size) {
    all.num_images = std::min(images, all.set->labels.size());
    all.layers = LeNetLayers(width);
    all.batch_size = batch_size;
    std::fprintf(stderr, "scale: %s images, width %d, batch %s\n",
                 FormatCount(images).c_str(), width,
                 FormatCount(batch_size).c_str());
    const double seconds = TimeWorkload(lenet, options.repetitions).cpu_seconds;
    const double flops = DenseFlops(lenet);
    if (table.rows.empty()) {
      base_seconds = seconds;
      base_flops = flops;
    }
    table.rows.push_back(
        {FormatCount(images), FormatCount(width), FormatCount(batch_size),
         FormatFixed(seconds, 4),
         FormatFixed(1e6 * seconds / static_cast<double>(NumExamples(lenet)),
                     2),
         FormatFixed(flops / seconds * 1e-9, 1),
         FormatFixed(seconds / base_seconds / (flops / base_flops), 2)});
  };
  for (const int64_t factor : {1, 2, 4, 8})
    measure(factor * num_images, 1, 128);
  for (const int width : {2, 4, 8}) measure(num_images, width, 128);
  for (const int64_t batch : {1, 8, 32, 512}) measure(num_images, 1, batch);
  std::printf(
      "%s\nLeNet with `width` times the channels. \"of linear\" is the growth "
      "of the time from\nthe first line, divided by that of the operations.\n",
      TextTable(table).c_str());
  return absl::OkStatus();
}

absl::Status Validate(const MeasureTrainingOptions& options) {
  if (options.repetitions < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--repetitions is ", options.repetitions, "; expected at least 1"));
  }
  std::vector<std::string> known = WorkloadNames();
  known.push_back(kScale);
  for (const std::string& name : options.workloads) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no workload \"", name, "\"; there are ",
                       absl::StrJoin(known, ", ")));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureTraining(const MeasureTrainingOptions& options) {
  MINIDL_RETURN_IF_ERROR(Validate(options));
  std::vector<std::string> names = options.workloads;
  const auto scale = std::remove(names.begin(), names.end(), kScale);
  const bool measure_scale = scale != names.end();
  names.erase(scale, names.end());
  const std::vector<FmaPeak> peaks = MeasureFmaPeaks();
  PrintPeaks(peaks);
  if (!names.empty()) {
    MINIDL_RETURN_IF_ERROR(MeasureWorkloads(names, options, peaks));
  }
  if (measure_scale) {
    if (!names.empty()) std::printf("\n");
    MINIDL_RETURN_IF_ERROR(MeasureScale(options));
  }
  return absl::OkStatus();
}

}  // namespace minidl
