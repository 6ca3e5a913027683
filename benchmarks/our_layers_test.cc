#include "benchmarks/our_layers.h"

#include <cstdint>
#include <memory>

#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/conv2d.h"
#include "tensor/elementwise.h"
#include "tensor/linear.h"
#include "tensor/max_pool2d.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

// Sums of less than 100 products of numbers up to 1.
constexpr float kTolerance = 1e-4f;

TEST(OurLayersTest, ConvolutionPoolsAndRectifies) {
  constexpr ConvolutionShape kShape = {"", 3, 2, 8, 4, 3, 1, true};
  const std::unique_ptr<Layer> layer = MakeOurLayer(kShape);
  layer->Forward();
  layer->Backward();

  Tensor<float> convolved, pooled, expected, workspace;
  Tensor<int64_t> argmax;
  Conv2dOptions options;
  options.padding = kShape.padding;
  Conv2dForward(
      RandomTensor(kShape.input_shape()), RandomTensor(kShape.weight_shape()),
      RandomTensor({kShape.out_channels}), options, convolved, workspace);
  MaxPool2dForward(convolved, 2, 2, pooled, argmax);
  ReluForward(pooled, expected);
  EXPECT_EQ(layer->Output().shape(), kShape.output_shape());
  EXPECT_THAT(layer->Output().values(),
              Pointwise(FloatNear(kTolerance), expected.values()));
}

TEST(OurLayersTest, Linear) {
  constexpr LinearShape kShape = {"", 3, 5, 7};
  const std::unique_ptr<Layer> layer = MakeOurLayer(kShape);
  layer->Forward();
  layer->Backward();

  Tensor<float> expected, workspace;
  LinearForward(RandomTensor({3, 5}), RandomTensor({7, 5}), RandomTensor({7}),
                expected, workspace);
  EXPECT_THAT(layer->Output().values(),
              Pointwise(FloatNear(kTolerance), expected.values()));
}

}  // namespace
}  // namespace minidl
