#include "nn/dropout.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module.h"
#include "nn/module_testutil.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;

Tensor<float> Ones(const Shape& shape) {
  Tensor<float> tensor(shape);
  tensor.Fill(1);
  return tensor;
}

TEST(DropoutTest, ZeroesTheFractionAndKeepsTheMean) {
  constexpr int64_t kSize = 100'000;
  for (const double probability : {0.1, 0.5, 0.9}) {
    Generator generator(1);
    Dropout dropout(probability, generator);
    const Tensor<float> input = Ones({100, kSize / 100});
    const Tensor<float>& output = dropout.Forward(input);
    ASSERT_EQ(output.shape(), input.shape());
    int64_t zeros = 0;
    double sum = 0;
    for (const float value : output.values()) {
      if (value == 0) {
        ++zeros;
      } else {
        ASSERT_FLOAT_EQ(value, static_cast<float>(1 / (1 - probability)));
      }
      sum += value;
    }
    // Four standard errors of a fraction, and of a mean of zeros and scales.
    const double error = std::sqrt(probability * (1 - probability) / kSize);
    EXPECT_NEAR(static_cast<double>(zeros) / kSize, probability, 4 * error);
    EXPECT_NEAR(sum / kSize, 1, 4 * error / (1 - probability));
  }
}

TEST(DropoutTest, BackwardUsesTheSameFactors) {
  Generator generator(1);
  Dropout dropout(0.5, generator);
  const Tensor<float> ones = Ones({10, 20});
  for (int step = 0; step < 2; ++step) {
    const Tensor<float> factors = dropout.Forward(ones).Clone();
    EXPECT_EQ(dropout.Backward(ones).values(), factors.values());
  }
}

TEST(DropoutTest, EveryBatchIsDrawnAnew) {
  Generator generator(1);
  Dropout dropout(0.5, generator);
  const Tensor<float> ones = Ones({10, 20});
  const Tensor<float> first = dropout.Forward(ones).Clone();
  EXPECT_NE(dropout.Forward(ones).values(), first.values());
}

TEST(DropoutTest, DoesNothingInEvaluation) {
  Generator generator(1);
  Dropout dropout(0.5, generator);
  dropout.SetTraining(false);
  const auto input = RandomTensor<float>({10, 20}, 2);
  const auto gradient = RandomTensor<float>({10, 20}, 3);
  EXPECT_EQ(dropout.Forward(input).values(), input.values());
  EXPECT_EQ(dropout.Backward(gradient).values(), gradient.values());
  EXPECT_EQ(generator.Random32(), Generator(1).Random32()) << "it has drawn";

  dropout.SetTraining(true);
  EXPECT_NE(dropout.Forward(input).values(), input.values());
}

TEST(DropoutTest, ProbabilityZeroKeepsAll) {
  Generator generator(1);
  Dropout dropout(0, generator);
  EXPECT_THAT(dropout.Forward(Ones({10, 20})).values(), Each(1));
}

// Dropout that starts its generator anew in every Forward, and so is one
// function, with a derivative.
class RepeatedDropout : public BasicModule<double> {
 public:
  std::string Description() const override { return dropout_.Description(); }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return dropout_.OutputShape(input);
  }
  const Tensor<double>& Forward(const Tensor<double>& input) override {
    generator_ = Generator(1);
    return dropout_.Forward(input);
  }
  const Tensor<double>& Backward(const Tensor<double>& gradient) override {
    return dropout_.Backward(gradient);
  }

 private:
  Generator generator_{1};
  BasicDropout<double> dropout_{0.3, generator_};
};

TEST(DropoutTest, KeepsTheModuleContract) {
  ExpectKeepsModuleContract([] { return std::make_unique<RepeatedDropout>(); },
                            {2, 3, 4});
}

TEST(DropoutTest, DescriptionAndShapes) {
  Generator generator(1);
  Dropout dropout(0.25, generator);
  EXPECT_EQ(dropout.Description(), "Dropout(0.25)");
  EXPECT_EQ(dropout.OutputShape({2, 3}).value(), (Shape{2, 3}));
  EXPECT_THAT(dropout.Parameters(), IsEmpty());
}

TEST(DropoutDeathTest, Misuse) {
  Generator generator(1);
  EXPECT_DEATH(Dropout(1, generator), "Dropout: probability 1");
  EXPECT_DEATH(Dropout(-0.1, generator), "Dropout: probability -0.1");
  EXPECT_DEATH(Dropout(std::nan(""), generator), "Dropout: probability nan");
  Dropout dropout(0.5, generator);
  dropout.Forward(Tensor<float>({2, 3}));
  EXPECT_DEATH(dropout.Backward(Tensor<float>({3, 2})),
               "shapes \\[3, 2\\] and \\[2, 3\\] differ");
}

}  // namespace
}  // namespace minidl
