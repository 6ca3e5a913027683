#include "data/standardize.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

TEST(StandardizeTest, OneFeature) {
  Tensor<float> training({2, 2},
                         {1, 2, 3, 6});  // Mean 3, deviation sqrt(14/3).
  Tensor<float> test({1}, {4});
  Standardize(1, training, test);
  const double deviation = std::sqrt(14.0 / 3);
  EXPECT_NEAR(training(0, 0), -2 / deviation, 1e-6);
  EXPECT_NEAR(training(0, 1), -1 / deviation, 1e-6);
  EXPECT_NEAR(training(1, 0), 0, 1e-6);
  EXPECT_NEAR(training(1, 1), 3 / deviation, 1e-6);
  EXPECT_NEAR(test(0), 1 / deviation, 1e-6);
}

TEST(StandardizeTest, EachFeatureByItsOwnFigures) {
  Tensor<float> training({3, 2}, {1, 100, 2, 200, 3, 300});
  Tensor<float> test({1, 2}, {4, 0});
  Standardize(2, training, test);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(training(i, 0), i - 1, 1e-6);
    EXPECT_NEAR(training(i, 1), i - 1, 1e-6);
  }
  EXPECT_NEAR(test(0, 0), 2, 1e-6);
  EXPECT_NEAR(test(0, 1), -2, 1e-6);
}

TEST(StandardizeTest, WhatWasDoneCanBeDoneAgain) {
  Tensor<float> training({2, 2}, {1, 2, 3, 6});
  Tensor<float> test({3}, {0.1f, 4, 255});
  Tensor<float> again = test.Clone();
  const std::vector<Standardization> done = Standardize(1, training, test);
  ASSERT_EQ(done.size(), 1);
  EXPECT_EQ(done[0].mean, 3);
  EXPECT_EQ(done[0].deviation, std::sqrt(14.0 / 3));
  done[0].Apply(again);
  EXPECT_EQ(again.values(), test.values());  // To the bit.

  Standardization{7, 0}.Apply(again);
  EXPECT_EQ(again(2), 0);
  Tensor<float> raw({2}, {0.1f, 255});
  Standardization().Apply(raw);
  EXPECT_EQ(raw(0), 0.1f);
  EXPECT_EQ(raw(1), 255);
}

TEST(StandardizeTest, ConstantFeatureBecomesZero) {
  Tensor<float> training({2}, {7, 7});
  Tensor<float> test({1}, {8});
  Standardize(1, training, test);
  EXPECT_EQ(training(0), 0);
  EXPECT_EQ(training(1), 0);
  EXPECT_EQ(test(0), 0);
}

TEST(StandardizeDeathTest, Misuse) {
  Tensor<float> one({1});
  Tensor<float> three({3});
  EXPECT_DEATH(Standardize(1, one, three), "training set \\[1\\]");
  EXPECT_DEATH(Standardize(2, three, three), "2 features of .* \\[3\\]");
}

}  // namespace
}  // namespace minidl
