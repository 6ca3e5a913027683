#include "benchmarks/compare_layers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "benchmarks/fma_peak.h"
#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"
#include "benchmarks/median.h"
#include "benchmarks/onednn_layers.h"
#include "benchmarks/our_layers.h"
#include "benchmarks/stopwatch.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Of a call, from as many as take some milliseconds.
double SecondsPerCall(const std::function<void()>& call) {
  constexpr double kSeconds = 0.005;
  int64_t calls = 0;
  const Stopwatch stopwatch;
  double seconds = 0;
  do {
    call();
    ++calls;
    seconds = stopwatch.CpuSeconds();
  } while (seconds < kSeconds);
  return seconds / static_cast<double>(calls);
}

// Medians for each of `calls`, which take turns.
std::vector<double> TimeInTurn(const std::vector<std::function<void()>>& calls,
                               int repetitions) {
  for (const std::function<void()>& call : calls) SecondsPerCall(call);
  std::vector<std::vector<double>> seconds(calls.size());
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    for (size_t i = 0; i < calls.size(); ++i) {
      seconds[i].push_back(SecondsPerCall(calls[i]));
    }
  }
  std::vector<double> medians;
  for (const std::vector<double>& values : seconds) {
    medians.push_back(Median(values));
  }
  return medians;
}

// Sums of some hundred products of numbers up to 1 are rounded by 1e-5 or so.
absl::Status CheckSameOutput(const char* name, const Tensor<float>& ours,
                             const Tensor<float>& theirs) {
  MINIDL_CHECK(ours.shape() == theirs.shape(), "CheckSameOutput: shapes ",
               ours.shape().ToString(), " and ", theirs.shape().ToString());
  for (int64_t i = 0; i < ours.size(); ++i) {
    const float a = ours.data()[i];
    const float b = theirs.data()[i];
    if (!(std::abs(a - b) <= 1e-3f)) {
      return absl::FailedPreconditionError(
          absl::StrCat(name, ": output ", i, " is ", FormatExact(a),
                       ", and oneDNN's ", FormatExact(b)));
    }
  }
  return absl::OkStatus();
}

class Comparison {
 public:
  explicit Comparison(int repetitions) : repetitions_(repetitions) {
    table_.columns = {{"layer", Alignment::kLeft},
                      {"", Alignment::kLeft},
                      {"ours us"},
                      {"GFLOP/s"},
                      {"% of peak"},
                      {"oneDNN us"},
                      {"GFLOP/s"},
                      {"ours is"},
                      {"bare us"},
                      {"ours is"}};
  }

  // `bare` is null where there is nothing beside the product.
  template <typename LayerShape>
  absl::Status Add(const LayerShape& shape, std::unique_ptr<Layer> bare) {
    const std::unique_ptr<Layer> ours = MakeOurLayer(shape);
    const std::unique_ptr<Layer> theirs = MakeOneDnnLayer(shape);
    std::vector<Layer*> layers = {ours.get(), theirs.get()};
    if (bare != nullptr) layers.push_back(bare.get());
    AddRow(shape.name, "forward", shape.flops(), layers,
           [](Layer& layer) { layer.Forward(); });
    AddRow(shape.name, "backward", shape.backward_flops(), layers,
           [](Layer& layer) { layer.Backward(); });
    return CheckSameOutput(shape.name, ours->Output(), theirs->Output());
  }

  void Print() const {
    std::printf(
        "%s\nMedians of %d on one core. The peak is measured after each layer, "
        "since a core that\nworks with wide vectors slows down. oneDNN has its "
        "preferred order of elements for\neach layer. \"bare\" is its "
        "convolution with bias and ReLU, but without the pooling\nthat ours "
        "has.\n",
        TextTable(table_).c_str(), repetitions_);
  }

 private:
  void AddRow(const char* name, const char* direction, double flops,
              const std::vector<Layer*>& layers, void (*call)(Layer&)) {
    std::vector<std::function<void()>> calls;
    for (Layer* layer : layers) {
      calls.emplace_back([layer, call] { call(*layer); });
    }
    const std::vector<double> seconds = TimeInTurn(calls, repetitions_);
    const double peak = MeasureFmaPeaks()[0].gflops;
    const auto gflops = [flops, &seconds](size_t i) {
      return flops / seconds[i] * 1e-9;
    };
    const auto ratio = [&seconds](size_t i) {
      return absl::StrCat(FormatFixed(seconds[i] / seconds[0], 2), "x");
    };
    const bool has_bare = seconds.size() > 2;
    table_.rows.push_back(
        {name, direction, FormatFixed(1e6 * seconds[0], 1),
         FormatFixed(gflops(0), 1), FormatFixed(100 * gflops(0) / peak, 1),
         FormatFixed(1e6 * seconds[1], 1), FormatFixed(gflops(1), 1), ratio(1),
         has_bare ? FormatFixed(1e6 * seconds[2], 1) : "",
         has_bare ? ratio(2) : ""});
  }

  const int repetitions_;
  Table table_;
};

}  // namespace

absl::Status CompareLayers(int repetitions) {
  Comparison comparison(repetitions);
  absl::Status same = absl::OkStatus();
  for (const ConvolutionShape& shape : kConvolutionShapes) {
    same.Update(comparison.Add(shape, MakeOneDnnBareConvolution(shape)));
  }
  for (const LinearShape& shape : kLinearShapes) {
    same.Update(comparison.Add(shape, /*bare=*/nullptr));
  }
  comparison.Print();
  return same;
}

}  // namespace minidl
