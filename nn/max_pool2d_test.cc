#include "nn/max_pool2d.h"

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module_testutil.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MaxPool2dTest, KeepsTheModuleContract) {
  for (const int64_t kernel_size : {1, 2, 3}) {
    // Overlapping, side by side, and with gaps.
    for (const int64_t stride : {1, 2, 3}) {
      ExpectKeepsModuleContract(
          [=] {
            return std::make_unique<BasicMaxPool2d<double>>(kernel_size,
                                                            stride);
          },
          {2, 5, 4});
    }
  }
}

TEST(MaxPool2dTest, StandsSideBySideUnlessTold) {
  MaxPool2d pool(2);
  const Tensor<float> input({1, 1, 2, 5}, {1, 2, 3, 4, 9,  //
                                           5, 0, 0, 0, 9});
  EXPECT_THAT(pool.Forward(input).values(), ElementsAre(5, 4));
  EXPECT_THAT(pool.Parameters(), IsEmpty());
}

TEST(MaxPool2dTest, DescriptionAndShapes) {
  const MaxPool2d pool(2);
  EXPECT_EQ(pool.Description(), "MaxPool2d(2)");
  EXPECT_EQ(pool.OutputShape({32, 12, 13}).value(), (Shape{32, 6, 6}));
  const MaxPool2d overlapping(3, 2);
  EXPECT_EQ(overlapping.Description(), "MaxPool2d(3, stride=2)");
  EXPECT_EQ(overlapping.OutputShape({1, 5, 6}).value(), (Shape{1, 2, 2}));

  EXPECT_THAT(
      pool.OutputShape({12, 12}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "MaxPool2d(2) needs inputs of shape [C, H, W], not [12, 12]"));
  EXPECT_THAT(pool.OutputShape({3, 1, 12}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "MaxPool2d(2) needs inputs of shape [3, 2, 2] or "
                       "larger, not [3, 1, 12]"));
}

TEST(MaxPool2dDeathTest, Misuse) {
  MaxPool2d pool(2);
  EXPECT_DEATH(pool.Backward(Tensor<float>({1, 1, 2, 2})),
               "MaxPool2dBackward: output gradient \\[1, 1, 2, 2\\]");
  EXPECT_DEATH(pool.Forward(Tensor<float>({4, 5, 5})),
               "MaxPool2dForward: input \\[4, 5, 5\\]");
  EXPECT_DEATH(MaxPool2d(0), "MaxPool2d: kernel size 0, stride 0");
  EXPECT_DEATH(MaxPool2d(2, 0), "MaxPool2d: kernel size 2, stride 0");
}

}  // namespace
}  // namespace minidl
