// Outputs and every gradient of modules against PyTorch's: in double precision,
// which tells whether the same function is computed, and in single precision,
// which tells how well.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nn/build_layers.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tests/parity/golden.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

class ModulesParityTest : public testing::TestWithParam<GoldenCase> {
 protected:
  // The number of terms in the longest sum behind one of the module's results,
  // when its output is N×C×...: of a layer's output, input gradient, weight
  // gradient, or of a mean of a batch.
  template <typename T>
  static double LongestSum(
      const std::vector<BasicNamedParameter<T>>& parameters, const Shape& input,
      const Shape& output) {
    int64_t longest = std::max(input.num_elements() / input[1],
                               output.num_elements() / output[1]);
    for (const auto& [name, parameter] : parameters) {
      const Shape& shape = parameter->value.shape();
      if (shape.rank() < 2) continue;
      longest = std::max({longest, shape.num_elements() / shape[0] + 1,
                          shape.num_elements() / shape[1]});
    }
    return static_cast<double>(longest);
  }

  // Compares all steps.
  template <typename T>
  void ExpectParity() const {
    const parity::ModuleCase& c = GetParam().message.module();
    const Shape input_shape = ToShape(c.input());
    Generator unused(0);
    const absl::StatusOr<std::unique_ptr<BasicSequential<T>>> network =
        BuildLayers<T>(c.layers(), "layers", input_shape.WithoutOuter(),
                       {unused, unused});
    ASSERT_TRUE(network.ok()) << network.status();
    BasicModule<T>& module = **network;
    const std::vector<BasicNamedParameter<T>> parameters = module.Parameters();
    Generator generator(GetParam().message.seed());
    for (const auto& [name, parameter] : parameters) {
      parameter->value =
          Convert<T>(Uniform(parameter->value.shape(), generator));
    }
    for (int step = 0; step < std::max(1, c.steps_size()); ++step) {
      module.SetTraining(c.steps_size() == 0 ||
                         c.steps(step) == parity::ModuleCase::TRAINING);
      for (const auto& [name, parameter] : parameters) {
        parameter->gradient.Fill(0);
      }
      const auto expect = [&](const std::string& name, const Tensor<T>& actual,
                              double tolerance) {
        ExpectNear(actual.values(), GetParam(), absl::StrCat(step, ".", name),
                   tolerance);
      };
      const Tensor<T> input = Convert<T>(Uniform(input_shape, generator));
      const Tensor<T>& output = module.Forward(input);
      const Tensor<T> output_gradient =
          Convert<T>(Uniform(output.shape(), generator));
      // Terms are products of numbers in [-1, 1]. The partial sums of n of them
      // are about sqrt(n), and the roundings of n partial sums add up, at
      // random, to sqrt(n) of one. Twice that for the largest of many results.
      const double tolerance =
          2 * UnitRoundoff<T>() *
          (4 + LongestSum(parameters, input_shape, output.shape()));
      expect("output", output, tolerance);
      expect("input_gradient", module.Backward(output_gradient), tolerance);
      for (const auto& [name, parameter] : parameters) {
        expect(absl::StrCat("gradient.", name), parameter->gradient, tolerance);
      }
      for (const auto& [name, buffer] : module.Buffers()) {
        expect(name, *buffer, tolerance);
      }
    }
  }
};

TEST_P(ModulesParityTest, InSinglePrecision) { ExpectParity<float>(); }

TEST_P(ModulesParityTest, InDoublePrecision) { ExpectParity<double>(); }

INSTANTIATE_TEST_SUITE_P(Modules, ModulesParityTest,
                         testing::ValuesIn(LoadGolden("modules")), CaseName());

}  // namespace
}  // namespace minidl
