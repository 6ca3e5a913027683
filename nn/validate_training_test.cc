#include "nn/validate_training.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

// What it says of a training with these fields beside those that it needs.
absl::Status ValidateText(const std::string& fields) {
  proto::Training training;
  EXPECT_THAT(ParseTextProto(absl::StrCat("epochs: 10 batch_size: 5 "
                                          "input_normalization: NONE ",
                                          fields),
                             "test", &training),
              IsOk());
  return ValidateTraining(training);
}

TEST(ValidateTrainingTest, AcceptsAllThereIs) {
  for (const char* optimizer :
       {"sgd { learning_rate: 0.1 }",
        "sgd { learning_rate: 0.1 momentum: 0.9 nesterov: true "
        "weight_decay: 1 }",
        "sgd { learning_rate: 0.1 momentum: 0.9 dampening: 1 }",
        "adam { learning_rate: 0.1 }",
        "adam { learning_rate: 0.1 beta1: 0.5 beta2: 0.5 epsilon: 0.5 "
        "weight_decay: 0.1 }",
        "adamw { learning_rate: 0.1 }",
        "adamw { learning_rate: 0.1 weight_decay: 0 }",
        "rmsprop { learning_rate: 0.1 }",
        "rmsprop { learning_rate: 0.1 alpha: 0.9 epsilon: 0.5 momentum: 0.5 "
        "weight_decay: 0.1 centered: true }"}) {
    for (const char* schedule :
         {"", "schedule: CONSTANT", "schedule: ONE_CYCLE",
          "schedule: STEP step_decay { epochs: 3 factor: 0.1 }",
          "schedule: STEP step_decay { epochs: 20 factor: 1 }",
          "schedule: COSINE warm_up_epochs: 9", "warm_up_epochs: 1"}) {
      EXPECT_THAT(ValidateText(absl::StrCat(optimizer, schedule,
                                            " max_gradient_norm: 1 "
                                            "max_gradient_value: 2 "
                                            "weight_averaging: 0.99 "
                                            "augmentation { rotation: 179 "
                                            "scaling: 0.9 shear: 100 "
                                            "translation: 100 distortion: 100 "
                                            "swap_pairs: true }")),
                  IsOk());
    }
  }
}

TEST(ValidateTrainingTest, OptimizersAreChecked) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"", "training has no optimizer; expected sgd, adam, adamw or rmsprop"},
      {"sgd {}", "training.sgd.learning_rate is 0; expected a positive number"},
      {"sgd { learning_rate: inf }", "training.sgd.learning_rate is inf"},
      {"sgd { learning_rate: 1 momentum: 1 }", "training.sgd.momentum is 1"},
      {"sgd { learning_rate: 1 weight_decay: -1 }",
       "training.sgd.weight_decay is -1; expected 0 or a positive number"},
      {"sgd { learning_rate: 1 nesterov: true }",
       "training.sgd.nesterov is true; expected false, as there is no "
       "momentum"},
      {"sgd { learning_rate: 1 momentum: 0.5 nesterov: true dampening: 1 }",
       "training.sgd.nesterov is true; expected false, as there is dampening"},
      {"sgd { learning_rate: 1 momentum: 0.5 dampening: 2 }",
       "training.sgd.dampening is 2; expected at least 0 and at most 1"},
      {"sgd { learning_rate: 1 dampening: 0.5 }",
       "training.sgd.dampening is 0.5; expected 0, as there is no momentum"},
      {"adam { learning_rate: -1 }", "training.adam.learning_rate is -1"},
      {"adam { learning_rate: 1 beta1: 1 }", "training.adam.beta1 is 1"},
      {"adam { learning_rate: 1 beta2: nan }", "training.adam.beta2 is nan"},
      {"adam { learning_rate: 1 epsilon: -1 }", "training.adam.epsilon is -1"},
      {"adam { learning_rate: 1 weight_decay: inf }",
       "training.adam.weight_decay is inf"},
      {"adamw {}", "training.adamw.learning_rate is 0"},
      {"adamw { learning_rate: 1 beta1: -0.1 }",
       "training.adamw.beta1 is -0.1"},
      {"adamw { learning_rate: 1 weight_decay: -1 }",
       "training.adamw.weight_decay is -1"},
      {"rmsprop {}", "training.rmsprop.learning_rate is 0"},
      {"rmsprop { learning_rate: 1 alpha: 1 }", "training.rmsprop.alpha is 1"},
      {"rmsprop { learning_rate: 1 epsilon: -1 }",
       "training.rmsprop.epsilon is -1"},
      {"rmsprop { learning_rate: 1 momentum: 1 }",
       "training.rmsprop.momentum is 1"},
      {"rmsprop { learning_rate: 1 weight_decay: -1 }",
       "training.rmsprop.weight_decay is -1"},
  };
  for (const auto& [fields, message] : mistakes) {
    EXPECT_THAT(
        ValidateText(fields),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  }
}

TEST(ValidateTrainingTest, NumbersAreChecked) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"batch_size: 5 adam { learning_rate: 1 } input_normalization: NONE",
       "training.epochs is 0; expected at least 1"},
      {"epochs: 5 adam { learning_rate: 1 } input_normalization: NONE",
       "training.batch_size is 0; expected at least 1"},
      {"epochs: 5 batch_size: 5 adam { learning_rate: 1 }",
       "training.input_normalization is not set; expected NONE or"},
  };
  for (const auto& [text, message] : mistakes) {
    proto::Training training;
    ASSERT_THAT(ParseTextProto(text, "test", &training), IsOk());
    EXPECT_THAT(
        ValidateTraining(training),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  }
}

TEST(ValidateTrainingTest, AugmentationAndAveragingAreChecked) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"augmentation { rotation: 180 }",
       "training.augmentation.rotation is 180; expected at least 0 and less "
       "than 180"},
      {"augmentation { rotation: nan }", "training.augmentation.rotation is"},
      {"augmentation { scaling: 1 }",
       "training.augmentation.scaling is 1; expected at least 0 and less than "
       "1"},
      {"augmentation { shear: -1 }", "training.augmentation.shear is -1"},
      {"augmentation { translation: 101 }",
       "training.augmentation.translation is 101; expected at least 0 and at "
       "most 100"},
      {"augmentation { distortion: inf }",
       "training.augmentation.distortion is inf"},
      {"weight_averaging: 1",
       "training.weight_averaging is 1; expected at least 0 and less than 1"},
      {"weight_averaging: -0.5", "training.weight_averaging is -0.5"},
  };
  for (const auto& [fields, message] : mistakes) {
    EXPECT_THAT(
        ValidateText(absl::StrCat("adam { learning_rate: 1 } ", fields)),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  }
}

TEST(ValidateTrainingTest, SchedulesAndLimitsAreChecked) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"test_interval: -1", "training.test_interval is -1"},
      {"schedule: STEP",
       "training.step_decay.epochs is 0; expected at least 1"},
      {"schedule: STEP step_decay { epochs: 1 }",
       "training.step_decay.factor is 0; expected more than 0 and at most 1"},
      {"schedule: STEP step_decay { epochs: 1 factor: 1.5 }",
       "training.step_decay.factor is 1.5"},
      {"schedule: COSINE step_decay { epochs: 1 factor: 0.5 }",
       "training.step_decay is set; expected schedule STEP with it"},
      {"schedule: ONE_CYCLE warm_up_epochs: 1",
       "training.warm_up_epochs is 1; expected 0 with schedule ONE_CYCLE"},
      {"warm_up_epochs: -1", "training.warm_up_epochs is -1"},
      {"warm_up_epochs: 10",
       "training.warm_up_epochs is 10; expected at least 0 and less than "
       "epochs, 10"},
      {"max_gradient_norm: -1",
       "training.max_gradient_norm is -1; expected 0 or a positive number"},
      {"max_gradient_norm: inf", "training.max_gradient_norm is inf"},
      {"max_gradient_value: nan", "training.max_gradient_value is nan"},
  };
  for (const auto& [fields, message] : mistakes) {
    EXPECT_THAT(
        ValidateText(absl::StrCat("adam { learning_rate: 1 } ", fields)),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  }
}

}  // namespace
}  // namespace minidl
