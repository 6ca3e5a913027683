#include "nn/weight_average.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

// A parameter of two numbers and a buffer of one.
class WeightAverageTest : public testing::Test {
 protected:
  void Set(float first, float second, float third) {
    parameter_.value.data()[0] = first;
    parameter_.value.data()[1] = second;
    buffer_.data()[0] = third;
  }

  Parameter parameter_{{2}};
  Tensor<float> buffer_{{1}};
  WeightAverage average_{0.75, {{"weight", &parameter_}}, {{"mean", &buffer_}}};
};

TEST_F(WeightAverageTest, IsThatOfTheDefinition) {
  Set(8, -4, 1);
  average_.Update();
  Set(0, 4, 1);
  average_.Update();  // 6, -2, 1.
  Set(2, 2, 5);
  average_.Update();
  average_.Swap();
  EXPECT_THAT(parameter_.value.values(), ElementsAre(5, -1));
  EXPECT_THAT(buffer_.values(), ElementsAre(2));
}

TEST_F(WeightAverageTest, FirstValuesAreTheAverages) {
  Set(1, 2, 3);
  average_.Update();
  Set(4, 5, 6);
  average_.Swap();
  EXPECT_THAT(parameter_.value.values(), ElementsAre(1, 2));
  EXPECT_THAT(buffer_.values(), ElementsAre(3));
}

TEST_F(WeightAverageTest, SecondSwapGoesBack) {
  Set(8, -4, 1);
  average_.Update();
  Set(4, 0, 9);
  average_.Swap();
  average_.Swap();
  EXPECT_THAT(parameter_.value.values(), ElementsAre(4, 0));
  // The averages are still those.
  average_.Update();
  average_.Swap();
  EXPECT_THAT(parameter_.value.values(), ElementsAre(7, -3));
  EXPECT_THAT(buffer_.values(), ElementsAre(3));
}

TEST_F(WeightAverageTest, GradientsStay) {
  parameter_.gradient.Fill(5);
  average_.Update();
  average_.Swap();
  EXPECT_THAT(parameter_.gradient.values(), ElementsAre(5, 5));
}

TEST_F(WeightAverageTest, MistakesStopTheProgram) {
  EXPECT_DEATH(average_.Swap(), "Swap before the first Update");
  EXPECT_DEATH(WeightAverage(1, {}, {}), "decay 1");
  EXPECT_DEATH(WeightAverage(-0.5, {}, {}), "decay -0.5");
}

}  // namespace
}  // namespace minidl
