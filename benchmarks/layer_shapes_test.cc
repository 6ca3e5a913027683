#include "benchmarks/layer_shapes.h"

#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

TEST(LayerShapesTest, Convolution) {
  // 3 images of 2 channels, 7×7 with a border of 1; 4 kernels of 5×5.
  constexpr ConvolutionShape kShape = {"", 3, 2, 7, 4, 5, 1, true};
  EXPECT_EQ(kShape.out_size(), 5);
  EXPECT_EQ(kShape.input_shape(), Shape({3, 2, 7, 7}));
  EXPECT_EQ(kShape.weight_shape(), Shape({4, 2, 5, 5}));
  EXPECT_EQ(kShape.output_shape(), Shape({3, 4, 2, 2}));
  EXPECT_EQ(kShape.flops(), 2 * 3 * 25 * 4 * 50);
  EXPECT_EQ(kShape.backward_flops(), 2 * kShape.flops());
}

TEST(LayerShapesTest, FirstConvolutionsHaveOneProductOnTheWayBack) {
  constexpr ConvolutionShape kShape = {"", 3, 2, 7, 4, 5, 1, false};
  EXPECT_EQ(kShape.backward_flops(), kShape.flops());
}

TEST(LayerShapesTest, Linear) {
  constexpr LinearShape kShape = {"", 3, 5, 7};
  EXPECT_EQ(kShape.flops(), 2 * 3 * 5 * 7);
  EXPECT_EQ(kShape.backward_flops(), 2 * kShape.flops());
}

TEST(LayerShapesTest, RandomTensorsRepeat) {
  const Tensor<float> tensor = RandomTensor({2, 3});
  EXPECT_EQ(tensor.values(), RandomTensor({2, 3}).values());
  EXPECT_NE(tensor(0, 0), tensor(0, 1));
}

}  // namespace
}  // namespace minidl
