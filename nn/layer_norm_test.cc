#include "nn/layer_norm.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

TEST(LayerNormTest, KeepsTheModuleContract) {
  for (const Shape& normalized_shape : {Shape{5}, {4, 5}, {3, 4, 5}}) {
    ExpectKeepsModuleContract(
        [&] {
          auto module =
              std::make_unique<BasicLayerNorm<double>>(normalized_shape);
          uint64_t seed = 10;
          for (const auto& named : module->Parameters()) {
            named.parameter->value =
                RandomTensor<double>(normalized_shape, seed++);
          }
          return module;
        },
        {3, 4, 5});
  }
}

// What PyTorch 1.13 prints of this:
//
//   x = torch.tensor([1., -2, 4, 0, 3, 5, 0, 1]).reshape(2, 2, 2)
//   m = nn.LayerNorm([2, 2])
//   with torch.no_grad():
//     m.weight.copy_(torch.tensor([[2., -1], [.5, 1]]))
//     m.bias.copy_(torch.tensor([[.5, 3], [-1, 0]]))
//   x.requires_grad_(); y = m(x)
//   y.backward(torch.tensor([1., 2, -1, 0, 3, -2, 1, 4]).reshape(x.shape))
//   for t in (y, x.grad, m.weight.grad, m.bias.grad):
//     print(t.flatten().tolist())
TEST(LayerNormTest, StepsAsInPyTorch) {
  const Tensor<float> input({2, 2, 2}, {1, -2, 4, 0, 3, 5, 0, 1});
  const Tensor<float> gradient({2, 2, 2}, {1, 2, -1, 0, 3, -2, 1, 4});
  LayerNorm module({2, 2});
  const auto parameters = module.Parameters();
  parameters[0].parameter->value = Tensor<float>({2, 2}, {2, -1, 0.5, 1});
  parameters[1].parameter->value = Tensor<float>({2, 2}, {0.5, 3, -1, 0});
  // A few units in the last place of numbers up to 8.
  const auto near = [](float value) {
    return testing::FloatNear(value, 3 * 0x1p-21f);
  };
  EXPECT_THAT(
      module.Forward(input).values(),
      ElementsAre(near(0.7309398651123047f), near(4.270169258117676f),
                  near(-0.24944543838500977f), near(-0.34640979766845703f),
                  near(1.281132459640503f), near(1.567923903465271f),
                  near(-1.5858492851257324f), near(-0.6509436368942261f)));
  EXPECT_THAT(
      module.Backward(gradient).values(),
      ElementsAre(near(0.9545515179634094f), near(-0.5696523189544678f),
                  near(-0.5234629511833191f), near(0.13856375217437744f),
                  near(1.3945642709732056f), near(-0.9620716571807861f),
                  near(-1.0591633319854736f), near(0.6266707181930542f)));
  EXPECT_THAT(
      parameters[0].parameter->gradient.values(),
      ElementsAre(near(1.2871686220169067f), near(-5.4044904708862305f),
                  near(-2.6728076934814453f), near(-2.6037745475769043f)));
  EXPECT_THAT(parameters[1].parameter->gradient.values(),
              ElementsAre(4, 0, 0, 4));
}

// With weight 1 and bias 0, 1 + ε of x - mean over the deviation.
TEST(LayerNormTest, ClosedForm) {
  BasicLayerNorm<double> module({3});
  // Mean 2, variance 2/3, and mean -10, variance 200/3.
  const Tensor<double> input({2, 3}, {1, 2, 3, 0, -20, -10});
  const double small = 1 / std::sqrt(2.0 / 3 + 1e-5);
  const double large = 10 / std::sqrt(200.0 / 3 + 1e-5);
  EXPECT_THAT(
      module.Forward(input).values(),
      Pointwise(DoubleNear(1e-15), std::vector<double>{-small, 0, small,  //
                                                       large, -large, 0}));
}

// What remains of 1000 + x in float is normalised as precisely as any x.
TEST(LayerNormTest, LargeMeansCancel) {
  auto input = RandomTensor<float>({20, 30}, 1);
  Tensor<double> remainder(input.shape());
  for (int64_t i = 0; i < input.size(); ++i) {
    input.data()[i] += 1000;
    remainder.data()[i] = double{input.data()[i]} - 1000;
  }
  LayerNorm module({30});
  BasicLayerNorm<double> reference({30});
  const Tensor<double>& expected = reference.Forward(remainder);
  const Tensor<float>& output = module.Forward(input);
  for (int64_t i = 0; i < input.size(); ++i) {
    EXPECT_NEAR(output.data()[i], expected.data()[i], 4 * 0x1p-23);
  }
}

TEST(LayerNormTest, ScaleAndShiftOfAnExampleDoNotMatter) {
  BasicLayerNorm<double> module({4, 3}, /*epsilon=*/1e-300);
  const auto input = RandomTensor<double>({9, 4, 3}, 1);
  const Tensor<double> expected = module.Forward(input).Clone();
  Tensor<double> changed = input.Clone();
  for (int64_t n = 0; n < 9; ++n) {
    for (double& value : changed.Outer(n)) {
      value = static_cast<double>(n + 1) * value - static_cast<double>(n);
    }
  }
  EXPECT_THAT(module.Forward(changed).values(),
              Pointwise(DoubleNear(1e-13), expected.values()));
}

TEST(LayerNormTest, StateIsNamedAsInPyTorch) {
  LayerNorm module({2, 1});
  const auto parameters = module.Parameters();
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "weight");
  EXPECT_EQ(parameters[1].name, "bias");
  EXPECT_EQ(parameters[0].parameter->value.shape(), (Shape{2, 1}));
  EXPECT_THAT(parameters[0].parameter->value.values(), ElementsAre(1, 1));
  EXPECT_THAT(parameters[1].parameter->value.values(), ElementsAre(0, 0));
}

TEST(LayerNormTest, DescriptionAndShapes) {
  const LayerNorm module({4, 5});
  EXPECT_EQ(module.Description(), "LayerNorm([4, 5])");
  EXPECT_EQ(LayerNorm({3}, 0.5).Description(), "LayerNorm([3], epsilon=0.5)");
  EXPECT_EQ(module.OutputShape({4, 5}).value(), (Shape{4, 5}));
  EXPECT_EQ(module.OutputShape({7, 4, 5}).value(), (Shape{7, 4, 5}));
  EXPECT_THAT(module.OutputShape({5, 4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "LayerNorm([4, 5]) needs inputs of shape [..., 4, 5], "
                       "not [5, 4]"));
  EXPECT_FALSE(module.OutputShape({5}).ok());
}

TEST(LayerNormDeathTest, Misuse) {
  LayerNorm module({3});
  EXPECT_DEATH(module.Backward(Tensor<float>({2, 3})),
               "LayerNorm: Backward before Forward");
  // A batch of scalars would be one row.
  EXPECT_DEATH(
      module.Forward(Tensor<float>({3})),
      "LayerNorm: input \\[3\\] where the normalized shape is \\[3\\]");
  const Tensor<float> input({2, 3});
  module.Forward(input);
  EXPECT_DEATH(module.Backward(Tensor<float>({3, 2})),
               "LayerNormBackward: output gradient \\[3, 2\\] for input "
               "\\[2, 3\\]");
  EXPECT_DEATH(LayerNorm({3}, 0), "LayerNorm: epsilon 0");
  EXPECT_DEATH(LayerNorm({}), "LayerNorm: normalized shape");
  EXPECT_DEATH(LayerNorm({2, 0}), "LayerNorm: normalized shape \\[2, 0\\]");
}

}  // namespace
}  // namespace minidl
