#include "tensor/order.h"

#include <cmath>
#include <cstdint>

#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

template <typename T>
class OrderTest : public testing::Test {
 protected:
  // Equal logits make all pairs of C classes equally likely, of which
  // C (C + 1) / 2 are in order.
  Tensor<T> logits_{{2, 20}};
  Tensor<T> log_probabilities_;
  Tensor<T> greater_;
  Tensor<T> less_equal_;
  Tensor<T> workspace_;
};
TYPED_TEST_SUITE(OrderTest, NumberTypes, NumberTypeNames);

TYPED_TEST(OrderTest, OfEqualLogits) {
  this->logits_.Fill(3);
  OrderForward(this->logits_, this->log_probabilities_, this->greater_,
               this->less_equal_, this->workspace_);
  ASSERT_EQ(this->log_probabilities_.shape(), (Shape{2, 2}));
  for (int64_t n = 0; n < 2; ++n) {
    EXPECT_NEAR(this->log_probabilities_(n, 0), std::log(0.45), 1e-6);
    EXPECT_NEAR(this->log_probabilities_(n, 1), std::log(0.55), 1e-6);
    for (int64_t k = 0; k < 10; ++k) {
      // Of the 45 pairs that are not in order, k have a = k, and 9 - k b = k.
      const auto i = static_cast<double>(k);
      EXPECT_NEAR(this->greater_(n, k), i / 45 - 0.1, 1e-6);
      EXPECT_NEAR(this->greater_(n, 10 + k), (9 - i) / 45 - 0.1, 1e-6);
      EXPECT_NEAR(this->less_equal_(n, k), (10 - i) / 55 - 0.1, 1e-6);
      EXPECT_NEAR(this->less_equal_(n, 10 + k), (i + 1) / 55 - 0.1, 1e-6);
    }
  }
}

TYPED_TEST(OrderTest, BackwardAddsBothGradients) {
  using T = TypeParam;
  const auto greater = RandomTensor<T>({3, 4}, 1);
  const auto less_equal = RandomTensor<T>({3, 4}, 2);
  const auto output_gradient = RandomTensor<T>({3, 2}, 3);
  Tensor<T> logits_gradient;
  OrderBackward(greater, less_equal, output_gradient, logits_gradient);
  ASSERT_EQ(logits_gradient.shape(), (Shape{3, 4}));
  for (int64_t n = 0; n < 3; ++n) {
    for (int64_t k = 0; k < 4; ++k) {
      EXPECT_EQ(logits_gradient(n, k),
                output_gradient(n, 0) * greater(n, k) +
                    output_gradient(n, 1) * less_equal(n, k));
    }
  }
}

TEST(OrderDeathTest, ShapesThatDoNotFit) {
  Tensor<float> a({2, 20});
  Tensor<float> b;
  for (const Shape& shape : {Shape{2, 19}, Shape{2, 2}, Shape{20}}) {
    const Tensor<float> logits(shape);
    EXPECT_DEATH(OrderForward(logits, b, b, b, b),
                 "OrderForward: logits .* are not N×2C with C at least 2");
  }
  EXPECT_DEATH(
      OrderBackward(a, Tensor<float>({2, 18}), Tensor<float>({2, 2}), b),
      "OrderBackward: .*\\[2, 20\\] and \\[2, 18\\]");
  EXPECT_DEATH(OrderBackward(a, a, Tensor<float>({1, 2}), b),
               "with an output gradient of \\[1, 2\\]");
}

}  // namespace
}  // namespace minidl
