#include "nn/analytic_head.h"

#include <cmath>
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

using ::testing::HasSubstr;

TEST(AnalyticHeadTest, KeepsTheModuleContract) {
  ExpectKeepsModuleContract(
      [] { return std::make_unique<BasicAnalyticHead<double>>(); }, {20});
}

TEST(AnalyticHeadTest, DigitsThatAreKnownAreCompared) {
  AnalyticHead head;
  Tensor<float> input({100, 20});
  for (int64_t a = 0; a < 10; ++a) {
    for (int64_t b = 0; b < 10; ++b) {
      input(10 * a + b, a) = 30;
      input(10 * a + b, 10 + b) = 30;
    }
  }
  const Tensor<float>& output = head.Forward(input);
  for (int64_t a = 0; a < 10; ++a) {
    for (int64_t b = 0; b < 10; ++b) {
      const int64_t answer = a <= b ? 1 : 0;
      EXPECT_NEAR(output(10 * a + b, answer), 0, 1e-6) << a << " and " << b;
      EXPECT_LT(output(10 * a + b, 1 - answer), -20) << a << " and " << b;
    }
  }
}

TEST(AnalyticHeadTest, DescriptionAndShapes) {
  const AnalyticHead head;
  EXPECT_EQ(head.Description(), "AnalyticHead()");
  EXPECT_EQ(head.OutputShape({20}).value(), Shape{2});
  for (const Shape& shape : {Shape{2}, Shape{21}, Shape{2, 10}}) {
    EXPECT_THAT(head.OutputShape(shape),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("not " + shape.ToString())));
  }
}

}  // namespace
}  // namespace minidl
