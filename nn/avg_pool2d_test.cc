#include "nn/avg_pool2d.h"

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

TEST(AvgPool2dTest, KeepsTheModuleContract) {
  for (const int64_t kernel_size : {1, 2, 3}) {
    for (const int64_t stride : {1, 2, 3}) {
      for (int64_t padding = 0; padding <= kernel_size / 2; ++padding) {
        ExpectKeepsModuleContract(
            [=] {
              return std::make_unique<BasicAvgPool2d<double>>(kernel_size,
                                                              stride, padding);
            },
            {2, 4, 5});
      }
    }
  }
}

TEST(AvgPool2dTest, ByHand) {
  AvgPool2d pool(2);
  const Tensor<float> input({1, 1, 3, 4}, {1, 2, 3, 4,  //
                                           5, 6, 7, 0,  //
                                           9, 9, 9, 9});
  EXPECT_THAT(pool.Forward(input).values(), ElementsAre(3.5, 3.5));
  // What no window sees gets no gradient.
  EXPECT_THAT(pool.Backward(Tensor<float>({1, 1, 1, 2}, {4, 8})).values(),
              ElementsAre(1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 0, 0));
  EXPECT_THAT(pool.Parameters(), IsEmpty());
}

TEST(AvgPool2dTest, DescriptionAndShapes) {
  const AvgPool2d pool(2);
  EXPECT_EQ(pool.Description(), "AvgPool2d(2)");
  EXPECT_EQ(pool.OutputShape({32, 12, 13}).value(), (Shape{32, 6, 6}));
  const AvgPool2d padded(3, 2, 1);
  EXPECT_EQ(padded.Description(), "AvgPool2d(3, stride=2, padding=1)");
  EXPECT_EQ(padded.OutputShape({1, 5, 6}).value(), (Shape{1, 3, 3}));

  EXPECT_THAT(
      pool.OutputShape({12, 12}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "AvgPool2d(2) needs inputs of shape [C, H, W], not [12, 12]"));
  EXPECT_THAT(AvgPool2d(5, 1, 1).OutputShape({3, 2, 12}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "AvgPool2d(5, stride=1, padding=1) needs inputs of "
                       "shape [3, 3, 3] or larger, not [3, 2, 12]"));
}

TEST(AvgPool2dDeathTest, Misuse) {
  AvgPool2d pool(2);
  EXPECT_DEATH(pool.Backward(Tensor<float>({1, 1, 2, 2})),
               "AvgPool2dBackward: input \\[\\] is not N×C×H×W");
  EXPECT_DEATH(pool.Forward(Tensor<float>({4, 5, 5})),
               "AvgPool2dForward: input \\[4, 5, 5\\]");
  EXPECT_DEATH(AvgPool2d(0), "AvgPool2d: kernel size 0");
  EXPECT_DEATH(AvgPool2d(2, 0), "AvgPool2d: kernel size 2, stride 0");
  EXPECT_DEATH(AvgPool2d(3, 1, 2),
               "AvgPool2d: kernel size 3, stride 1, padding 2");
}

}  // namespace
}  // namespace minidl
