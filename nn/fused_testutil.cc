#include "nn/fused_testutil.h"

#include <cstddef>
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module.h"
#include "nn/sequential.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// As far as `terms` units in the last place of 1.
auto AreWithin(double terms, const Tensor<float>& expected) {
  return testing::Pointwise(
      testing::FloatNear(static_cast<float>(terms * 0x1p-23)),
      expected.values());
}

void ExpectFusedIsOneByOne(
    const std::function<void(Generator&, Sequential&)>& add_modules,
    const Shape& input_shape, bool needs_input_gradient, double output_terms,
    double gradient_terms) {
  SCOPED_TRACE(needs_input_gradient ? "with the gradient by the input"
                                    : "without the gradient by the input");
  Sequential fused;
  Sequential expected;
  for (Sequential* network : {&fused, &expected}) {
    Generator generator(/*seed=*/3);
    add_modules(generator, *network);
    network->SetNeedsInputGradient(needs_input_gradient);
  }
  const auto parameters = fused.Parameters();
  const auto expected_parameters = expected.Parameters();
  const auto buffers = fused.Buffers();
  const auto expected_buffers = expected.Buffers();
  ASSERT_EQ(buffers.size(), expected_buffers.size());
  Generator generator(/*seed=*/4);
  for (const bool training : {true, true, false}) {
    SCOPED_TRACE(training ? "training" : "evaluation");
    fused.SetTraining(training);
    expected.SetTraining(training);
    Tensor<float> input(input_shape);
    FillUniform(-1, 1, generator, input);
    const Tensor<float>* current = &input;
    for (const auto& module : expected.modules()) {
      current = &module->Forward(*current);
    }
    const Tensor<float>& output = fused.Forward(input);
    ASSERT_EQ(output.shape(), current->shape());
    EXPECT_THAT(output.values(), AreWithin(output_terms, *current));

    Tensor<float> gradient(current->shape());
    FillUniform(-1, 1, generator, gradient);
    current = &gradient;
    for (size_t i = expected.modules().size(); i-- > 0;) {
      current = &expected.modules()[i]->Backward(*current);
    }
    const Tensor<float>& input_gradient = fused.Backward(gradient);
    if (needs_input_gradient) {
      ASSERT_EQ(input_gradient.shape(), input.shape());
      EXPECT_THAT(input_gradient.values(), AreWithin(gradient_terms, *current));
    } else {
      EXPECT_EQ(input_gradient.size(), 0);
    }
    // The gradients add up.
    for (size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_THAT(parameters[i].parameter->gradient.values(),
                  AreWithin(10 * gradient_terms,
                            expected_parameters[i].parameter->gradient))
          << parameters[i].name;
    }
    for (size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_THAT(buffers[i].tensor->values(),
                  AreWithin(output_terms, *expected_buffers[i].tensor))
          << buffers[i].name;
    }
  }
}

}  // namespace

void ExpectFusedIsOneByOne(
    const std::function<void(Generator&, Sequential&)>& add_modules,
    const Shape& input, double output_terms, double gradient_terms) {
  for (const bool needs_input_gradient : {true, false}) {
    ExpectFusedIsOneByOne(add_modules, input, needs_input_gradient,
                          output_terms, gradient_terms);
  }
}

}  // namespace minidl
