#include "nn/gradient_check.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsNan;

// y = w x³ + b of every element, whose gradients can be put wrong.
class Cubic : public BasicModule<double> {
 public:
  // What Backward's right gradients are multiplied by.
  double input_factor = 1;
  double weight_factor = 1;
  double bias_factor = 1;

  Cubic() {
    weight_.value(0) = 0.7;
    bias_.value(0) = -0.4;
  }

  std::string Description() const override { return "Cubic()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<double>& Forward(const Tensor<double>& input) override {
    input_ = &input;
    output_.Resize(input.shape());
    for (int64_t i = 0; i < input.size(); ++i) {
      const double x = input.data()[i];
      output_.data()[i] = weight_.value(0) * x * x * x + bias_.value(0);
    }
    return output_;
  }
  const Tensor<double>& Backward(const Tensor<double>& gradient) override {
    input_gradient_.Resize(gradient.shape());
    for (int64_t i = 0; i < gradient.size(); ++i) {
      const double x = input_->data()[i];
      const double g = gradient.data()[i];
      input_gradient_.data()[i] =
          input_factor * g * 3 * weight_.value(0) * x * x;
      weight_.gradient(0) += weight_factor * g * x * x * x;
      bias_.gradient(0) += bias_factor * g;
    }
    return input_gradient_;
  }
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<double>>* parameters) override {
    parameters->push_back({prefix + "weight", &weight_});
    parameters->push_back({prefix + "bias", &bias_});
  }

 private:
  BasicParameter<double> weight_{{1}};
  BasicParameter<double> bias_{{1}};
  const Tensor<double>* input_ = nullptr;
  Tensor<double> output_;
  Tensor<double> input_gradient_;
};

std::vector<GradientError> Check(Cubic& module) {
  Tensor<double> input = RandomTensor<double>({4, 3}, 1);
  Generator generator(2);
  return CheckGradients(module, input, generator);
}

TEST(GradientCheckTest, RightGradientsPass) {
  Cubic module;
  const std::vector<GradientError> errors = Check(module);
  ASSERT_EQ(errors.size(), 3u);
  EXPECT_EQ(errors[0].name, "input");
  EXPECT_EQ(errors[1].name, "weight");
  EXPECT_EQ(errors[2].name, "bias");
  for (const GradientError& error : errors) {
    EXPECT_LT(error.relative(), 1e-8) << error.name;
    EXPECT_GT(error.max_gradient, 0.01) << error.name;
  }
}

// Each of the three gradients a hundredth of a percent too large, in turn.
TEST(GradientCheckTest, WrongGradientsAreFound) {
  for (size_t wrong = 0; wrong < 3; ++wrong) {
    Cubic module;
    double* const factors[] = {&module.input_factor, &module.weight_factor,
                               &module.bias_factor};
    *factors[wrong] = 1.0001;
    const std::vector<GradientError> errors = Check(module);
    for (size_t i = 0; i < 3; ++i) {
      if (i == wrong) {
        EXPECT_NEAR(errors[i].relative(), 1e-4, 1e-6) << errors[i].name;
      } else {
        EXPECT_LT(errors[i].relative(), 1e-8) << errors[i].name;
      }
    }
  }
}

TEST(GradientCheckTest, NanIsAnError) {
  Cubic module;
  module.weight_factor = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Check(module)[1].relative(), IsNan());
}

TEST(GradientCheckTest, WithoutAGradientTheErrorIsAbsolute) {
  const GradientError error = {"input", 0.25, 0};
  EXPECT_EQ(error.relative(), 0.25);
}

TEST(GradientCheckTest, InputAndParametersStay) {
  Cubic module;
  Tensor<double> input({2}, {0.1, 0.3});
  Generator generator(1);
  CheckGradients(module, input, generator);
  EXPECT_THAT(input.values(), ElementsAre(0.1, 0.3));
  EXPECT_EQ(module.Parameters()[0].parameter->value(0), 0.7);
  EXPECT_EQ(module.Parameters()[1].parameter->value(0), -0.4);
}

// Returns the output's gradient for one by the input, whose shape is another.
class ForgetsToReshape : public BasicModule<double> {
 public:
  std::string Description() const override { return "ForgetsToReshape()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return Shape{input.num_elements()};
  }
  const Tensor<double>& Forward(const Tensor<double>& input) override {
    output_ = input.Clone();
    output_.Reshape({input.size()});
    return output_;
  }
  const Tensor<double>& Backward(const Tensor<double>& gradient) override {
    return gradient;
  }

 private:
  Tensor<double> output_;
};

TEST(GradientCheckDeathTest, GradientOfAnotherShape) {
  ForgetsToReshape module;
  Tensor<double> input({2, 3});
  Generator generator(1);
  EXPECT_DEATH(CheckGradients(module, input, generator),
               "gradient \\[6\\] by input of shape \\[2, 3\\]");
}

// Of functions of one tensor: f, and its gradient as Backward would have it.
class CompareGradientsTest : public testing::Test {
 protected:
  GradientError Compare(std::vector<double> x, std::vector<double> gradient,
                        absl::FunctionRef<double(const Tensor<double>&)> f,
                        int64_t samples = 0) {
    const auto size = static_cast<int64_t>(x.size());
    Tensor<double> variable({size}, x);
    const Tensor<double> analytic({size}, gradient);
    Generator generator(1);
    const std::vector<GradientError> errors = CompareGradients(
        {{"x", &variable, &analytic}}, [&] { return f(variable); }, samples,
        generator);
    EXPECT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].name, "x");
    EXPECT_THAT(variable.values(), ElementsAreArray(x));
    return errors[0];
  }
};

double SumOfAbs(const Tensor<double>& x) {
  double sum = 0;
  for (const double value : x.values()) sum += std::abs(value);
  return sum;
}

TEST_F(CompareGradientsTest, SmoothFunction) {
  const auto f = [](const Tensor<double>& x) { return std::exp(x(0)) + x(1); };
  const GradientError right = Compare({0.5, 2}, {std::exp(0.5), 1}, f);
  EXPECT_LT(right.relative(), 1e-9);
  EXPECT_NEAR(right.max_gradient, std::exp(0.5), 1e-8);
  EXPECT_EQ(right.num_checked, 2);
  EXPECT_EQ(right.num_kinks, 0);
  const GradientError wrong = Compare({0.5, 2}, {std::exp(0.5), 1.001}, f);
  EXPECT_NEAR(wrong.max_error, 1e-3, 1e-8);
  EXPECT_LT(wrong.rounding, 1e-8);
  EXPECT_EQ(wrong.num_checked, 2);
}

TEST_F(CompareGradientsTest, KinksNearbyAreLeftBehind) {
  // Within 1e-5 of the kink of |x|, on either side.
  const GradientError right = Compare({3e-6, -4e-7}, {1, -1}, SumOfAbs);
  EXPECT_LT(right.max_error, 1e-7);
  EXPECT_EQ(right.num_checked, 2);
  EXPECT_EQ(right.num_kinks, 0);
  const GradientError wrong = Compare({3e-6, -4e-7}, {1, 1}, SumOfAbs);
  EXPECT_GT(wrong.max_error, 0.9);
}

TEST_F(CompareGradientsTest, KinksAreNoErrors) {
  for (const double between : {-1.0, -0.3, 1.0}) {
    const GradientError error = Compare({0, 2}, {between, 1}, SumOfAbs);
    EXPECT_LT(error.max_error, 1e-9);
    EXPECT_EQ(error.num_checked, 1);
    EXPECT_EQ(error.num_kinks, 1);
  }
}

TEST_F(CompareGradientsTest, WrongGradientsAtKinksAreErrors) {
  const GradientError error = Compare({0, 2}, {1.1, 1}, SumOfAbs);
  EXPECT_NEAR(error.max_error, 1.1, 1e-8);
  EXPECT_EQ(error.num_checked, 2);
  EXPECT_EQ(error.num_kinks, 0);
}

TEST_F(CompareGradientsTest, NanIsAnError) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Compare({1, 2}, {nan, 1}, SumOfAbs).max_error, IsNan());
  EXPECT_THAT(Compare({1, 2}, {1, nan}, SumOfAbs).max_error, IsNan());
}

TEST_F(CompareGradientsTest, SamplesAreElementsDrawnAtRandom) {
  constexpr int kSize = 40;
  std::set<double> changed;
  const std::vector<double> x(kSize, 1);
  const auto f = [&changed](const Tensor<double>& y) {
    for (int i = 0; i < kSize; ++i) {
      if (y(i) != 1) changed.insert(i);
    }
    return SumOfAbs(y);
  };
  const GradientError some = Compare(x, x, f, /*samples=*/10);
  EXPECT_EQ(some.num_checked, 10);
  EXPECT_EQ(changed.size(), 10u);
  EXPECT_GT(*changed.rbegin(), 10);
  EXPECT_EQ(Compare(x, x, f, /*samples=*/kSize + 1).num_checked, kSize);
}

}  // namespace
}  // namespace minidl
