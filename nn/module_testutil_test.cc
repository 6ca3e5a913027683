#include "nn/module_testutil.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/elementwise.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Fault {
  kNone,
  kOutputShape,
  kInputGradient,
  kOverwritesGradient,
  kForgetsGradientWithoutInputs,
  kKeepsState,
};

// y = w x, with a fault.
class Gain : public BasicModule<double> {
 public:
  explicit Gain(Fault fault) : fault_(fault) { weight_.value(0) = 2; }

  std::string Description() const override { return "Gain()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return fault_ == Fault::kOutputShape ? input.WithOuter(1) : input;
  }
  const Tensor<double>& Forward(const Tensor<double>& input) override {
    input_ = &input;
    if (fault_ == Fault::kKeepsState && input.size() < output_.size()) {
      weight_.value(0) += 1;
    }
    Scale(input, weight_.value(0), output_);
    return output_;
  }
  const Tensor<double>& Backward(const Tensor<double>& gradient) override {
    Scale(gradient,
          weight_.value(0) + (fault_ == Fault::kInputGradient ? 1e-5 : 0),
          input_gradient_);
    if (fault_ == Fault::kOverwritesGradient) weight_.gradient(0) = 0;
    if (fault_ == Fault::kForgetsGradientWithoutInputs &&
        !needs_input_gradient()) {
      return input_gradient_;
    }
    for (int64_t i = 0; i < gradient.size(); ++i) {
      weight_.gradient(0) += gradient.data()[i] * input_->data()[i];
    }
    return input_gradient_;
  }
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<double>>* parameters) override {
    parameters->push_back({prefix + "weight", &weight_});
  }

 private:
  const Fault fault_;
  BasicParameter<double> weight_{{1}};
  const Tensor<double>* input_ = nullptr;
  Tensor<double> output_;
  Tensor<double> input_gradient_;
};

// What the check finds wrong.
std::string Failures(Fault fault) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::
            INTERCEPT_ONLY_CURRENT_THREAD,
        &results);
    ExpectKeepsModuleContract([=] { return std::make_unique<Gain>(fault); },
                              {2, 3});
  }
  std::string failures;
  for (int i = 0; i < results.size(); ++i) {
    absl::StrAppend(&failures, results.GetTestPartResult(i).message(), "\n");
  }
  return failures;
}

TEST(ModuleTestutilTest, RightModulePasses) {
  EXPECT_THAT(Failures(Fault::kNone), IsEmpty());
}

TEST(ModuleTestutilTest, FaultsAreFound) {
  EXPECT_THAT(Failures(Fault::kOutputShape), HasSubstr("[3, 1, 2, 3]"));
  EXPECT_THAT(Failures(Fault::kInputGradient),
              HasSubstr("gradient by input: error"));
  EXPECT_THAT(Failures(Fault::kOverwritesGradient),
              HasSubstr("element 0 of parameter 0"));
  EXPECT_THAT(Failures(Fault::kForgetsGradientWithoutInputs),
              HasSubstr("gradient by parameter 0"));
  EXPECT_THAT(Failures(Fault::kKeepsState), HasSubstr("fresh.output"));
}

}  // namespace
}  // namespace minidl
