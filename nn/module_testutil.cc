#include "nn/module_testutil.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "nn/gradient_check.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

constexpr double kMaxRelativeError = 1e-7;

void ExpectRightShape(const ModuleFactory& make, const Shape& example) {
  const auto module = make();
  const absl::StatusOr<Shape> shape = module->OutputShape(example);
  ASSERT_TRUE(shape.ok()) << shape.status();
  const auto input = SeparatedTensor<double>(example.WithOuter(3), 1);
  EXPECT_EQ(module->Forward(input).shape(), shape->WithOuter(3));
}

void ExpectRightGradients(const ModuleFactory& make, const Shape& example) {
  const auto module = make();
  auto input = SeparatedTensor<double>(example.WithOuter(2), 1);
  Generator generator(2);
  for (const GradientError& error : CheckGradients(*module, input, generator)) {
    EXPECT_LE(error.relative(), kMaxRelativeError)
        << "gradient by " << error.name << ": error " << error.max_error
        << " where the largest is " << error.max_gradient;
    EXPECT_GT(error.max_gradient, 0) << "nothing depends on " << error.name;
  }
}

// What a step computes.
struct Step {
  Tensor<double> output;
  Tensor<double> input_gradient;
  std::vector<Tensor<double>> parameter_gradients;
};

std::vector<Tensor<double>> ParameterGradients(BasicModule<double>& module) {
  std::vector<Tensor<double>> gradients;
  for (const auto& [name, parameter] : module.Parameters()) {
    gradients.push_back(parameter->gradient.Clone());
  }
  return gradients;
}

// Forward, and then Backward `backwards` times.
Step Run(BasicModule<double>& module, const Shape& batch, int backwards = 1) {
  for (const auto& [name, parameter] : module.Parameters()) {
    parameter->gradient.Fill(0);
  }
  const auto input = SeparatedTensor<double>(batch, 3);
  Step step;
  step.output = module.Forward(input).Clone();
  const auto output_gradient = RandomTensor<double>(step.output.shape(), 4);
  for (int i = 0; i < backwards; ++i) {
    step.input_gradient = module.Backward(output_gradient).Clone();
  }
  step.parameter_gradients = ParameterGradients(module);
  return step;
}

void ExpectSameParameterGradients(const Step& a, const Step& b) {
  ASSERT_EQ(a.parameter_gradients.size(), b.parameter_gradients.size());
  for (size_t i = 0; i < a.parameter_gradients.size(); ++i) {
    EXPECT_EQ(a.parameter_gradients[i].values(),
              b.parameter_gradients[i].values())
        << "gradient by parameter " << i;
  }
}

void ExpectBackwardAdds(const ModuleFactory& make, const Shape& example) {
  const Shape batch = example.WithOuter(2);
  const Step once = Run(*make(), batch);
  const Step twice = Run(*make(), batch, /*backwards=*/2);
  EXPECT_EQ(twice.input_gradient.values(), once.input_gradient.values());
  for (size_t i = 0; i < once.parameter_gradients.size(); ++i) {
    const Tensor<double>& gradient = once.parameter_gradients[i];
    for (int64_t j = 0; j < gradient.size(); ++j) {
      const double doubled = 2 * gradient.data()[j];
      // The second sum starts at the first one's end, and rounds elsewhere.
      EXPECT_NEAR(twice.parameter_gradients[i].data()[j], doubled, 1e-13)
          << "element " << j << " of parameter " << i;
    }
  }
}

void ExpectSameParameterGradientsWithoutInputs(const ModuleFactory& make,
                                               const Shape& example) {
  const auto module = make();
  module->SetNeedsInputGradient(false);
  const Shape batch = example.WithOuter(2);
  ExpectSameParameterGradients(Run(*module, batch), Run(*make(), batch));
}

void ExpectReusable(const ModuleFactory& make, const Shape& example) {
  const auto used = make();
  for (const int64_t size : {2, 5, 1, 5}) {
    const Shape batch = example.WithOuter(size);
    const Step again = Run(*used, batch);
    const Step fresh = Run(*make(), batch);
    EXPECT_EQ(again.output.shape(), fresh.output.shape());
    EXPECT_EQ(again.output.values(), fresh.output.values());
    EXPECT_EQ(again.input_gradient.shape(), batch);
    EXPECT_EQ(again.input_gradient.values(), fresh.input_gradient.values());
    ExpectSameParameterGradients(again, fresh);
  }
}

}  // namespace

void ExpectKeepsModuleContract(const ModuleFactory& make,
                               const Shape& example) {
  SCOPED_TRACE(make()->Description());
  ExpectRightShape(make, example);
  ExpectRightGradients(make, example);
  ExpectBackwardAdds(make, example);
  ExpectSameParameterGradientsWithoutInputs(make, example);
  ExpectReusable(make, example);
}

}  // namespace minidl
