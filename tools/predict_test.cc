#include "tools/predict.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gtest/gtest.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"
#include "tools/pair_inputs.h"
#include "tools/prediction.pb.h"

namespace minidl {
namespace {

// Networks whose answers are their biases: all weights are 0.
class PredictTest : public testing::Test {
 protected:
  explicit PredictTest(const std::string& text = R"pb(
    name: "test"
    branches: JOINT
    branch { flatten {} }
    branch { linear { out_features: 20 } }
    head { linear { out_features: 2 } }
    auxiliary_loss_weight: 1
  )pb") {
    proto::Architecture architecture;
    EXPECT_THAT(ParseTextProto(text, "test", &architecture), IsOk());
    Generator initialization(1);
    ensemble_ = *PairEnsemble::Create(architecture, {14, 14, 10},
                                      {initialization, dropout_});
    for (const NamedParameter& named : ensemble_->Parameters()) {
      named.parameter->value.Fill(0);
    }
    SavePairEnsemble(architecture, {14, 14, 10}, *ensemble_, &model_);
    inputs_.pairs.Resize({2, 2, 14, 14});
    inputs_.pairs.Fill(1);
  }

  Tensor<float>& Bias(int index) {
    return ensemble_->Parameters()[static_cast<size_t>(index)].parameter->value;
  }
  Tensor<float>& DigitBias() { return Bias(1); }
  Tensor<float>& ComparisonBias() { return Bias(3); }

  proto::Predictions Predictions() {
    return Predict(model_, inputs_, *ensemble_);
  }

  Generator dropout_{2};
  std::unique_ptr<PairEnsemble> ensemble_;
  proto::Model model_;
  PairInputs inputs_;
};

TEST_F(PredictTest, ProbabilitiesAreSoftmaxes) {
  ComparisonBias()(0) = 1;
  ComparisonBias()(1) = 3;
  DigitBias()(7) = 2;       // Of the first image.
  DigitBias()(10 + 4) = 1;  // Of the second.
  const proto::Predictions predictions = Predictions();
  EXPECT_EQ(predictions.architecture(), "test");
  ASSERT_EQ(predictions.predictions_size(), 2);
  const proto::Prediction& prediction = predictions.predictions(1);
  EXPECT_EQ(prediction.pair(), 1);
  EXPECT_DOUBLE_EQ(prediction.probability(), 1 / (1 + std::exp(-2.0)));
  EXPECT_TRUE(prediction.answer());
  EXPECT_EQ(prediction.first_digit(), 7);
  EXPECT_DOUBLE_EQ(prediction.first_probability(),
                   std::exp(2.0) / (9 + std::exp(2.0)));
  EXPECT_EQ(prediction.second_digit(), 4);
  EXPECT_DOUBLE_EQ(prediction.second_probability(),
                   std::exp(1.0) / (9 + std::exp(1.0)));
  EXPECT_FALSE(prediction.has_target());
  EXPECT_FALSE(predictions.has_errors());
}

TEST_F(PredictTest, EqualLogitsSayGreater) {
  // As the records count: the first of equal ones.
  const proto::Prediction prediction = Predictions().predictions(0);
  EXPECT_EQ(prediction.probability(), 0.5);
  EXPECT_FALSE(prediction.answer());
  EXPECT_EQ(prediction.first_digit(), 0);
}

TEST_F(PredictTest, LargeLogitsAreCertain) {
  ComparisonBias()(0) = 3e38f;
  EXPECT_EQ(Predictions().predictions(0).probability(), 0);
  ComparisonBias()(1) = 3e38f;
  ComparisonBias()(0) = 0;
  EXPECT_EQ(Predictions().predictions(0).probability(), 1);
}

TEST_F(PredictTest, WhatIsNotFiniteIsWrong) {
  ComparisonBias()(1) = std::numeric_limits<float>::infinity();
  DigitBias()(3) = std::numeric_limits<float>::quiet_NaN();
  inputs_.targets = Tensor<int64_t>({2}, {1, 0});
  inputs_.classes = Tensor<int64_t>({2, 2}, {0, 0, 1, 0});
  // The comparison takes no part in what the NaN makes of it.
  const proto::Predictions predictions = Predictions();
  EXPECT_FALSE(predictions.predictions(0).has_probability());
  EXPECT_FALSE(predictions.predictions(0).has_answer());
  EXPECT_FALSE(predictions.predictions(0).has_first_digit());
  EXPECT_TRUE(predictions.predictions(0).has_second_digit());
  EXPECT_EQ(predictions.errors().wrong(), 2);
  EXPECT_EQ(predictions.errors().total(), 2);
  EXPECT_EQ(predictions.digit_errors().wrong(), 2);  // The first ones.
  EXPECT_EQ(predictions.digit_errors().total(), 4);
}

TEST_F(PredictTest, InputsAreNormalisedAsInTraining) {
  // A weight that sees one pixel.
  Bias(0)(0, 0) = 1;
  Bias(2)(1, 0) = 1;
  inputs_.pairs.Fill(50);
  model_.mutable_input_normalization()->set_mean(40);
  model_.mutable_input_normalization()->set_deviation(20);
  EXPECT_DOUBLE_EQ(Predictions().predictions(0).probability(),
                   1 / (1 + std::exp(-0.5)));
  model_.clear_input_normalization();
  EXPECT_DOUBLE_EQ(Predictions().predictions(0).probability(),
                   1 / (1 + std::exp(-50.0)));
}

TEST_F(PredictTest, DigitsThatNothingTrainsAreNone) {
  model_.mutable_architecture()->set_auxiliary_loss_weight(0);
  inputs_.targets = Tensor<int64_t>({2}, {1, 0});
  inputs_.classes = Tensor<int64_t>({2, 2}, {0, 0, 1, 0});
  const proto::Predictions predictions = Predictions();
  EXPECT_FALSE(predictions.predictions(0).has_first_digit());
  EXPECT_FALSE(predictions.has_digit_errors());
  EXPECT_EQ(predictions.errors().wrong(), 1);
}

}  // namespace
}  // namespace minidl
