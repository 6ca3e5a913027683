#include "nn/validate_training.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

// Of a field whose 0 means a default.
absl::Status CheckEpsilon(absl::string_view field, double value) {
  return value == 0 ? absl::OkStatus() : CheckPositive(field, value);
}

absl::Status Validate(const proto::SgdOptions& sgd) {
  MINIDL_RETURN_IF_ERROR(
      CheckPositive("training.sgd.learning_rate", sgd.learning_rate()));
  MINIDL_RETURN_IF_ERROR(
      CheckFraction("training.sgd.momentum", sgd.momentum()));
  MINIDL_RETURN_IF_ERROR(
      CheckNotNegative("training.sgd.weight_decay", sgd.weight_decay()));
  if (!(0 <= sgd.dampening() && sgd.dampening() <= 1)) {
    return FieldError("training.sgd.dampening", sgd.dampening(),
                      "at least 0 and at most 1");
  }
  if (sgd.dampening() != 0 && sgd.momentum() == 0) {
    return FieldError("training.sgd.dampening", sgd.dampening(),
                      "0, as there is no momentum");
  }
  if (sgd.nesterov() && sgd.momentum() == 0) {
    return FieldError("training.sgd.nesterov", "true",
                      "false, as there is no momentum");
  }
  if (sgd.nesterov() && sgd.dampening() != 0) {
    return FieldError("training.sgd.nesterov", "true",
                      "false, as there is dampening");
  }
  return absl::OkStatus();
}

// Adam's and AdamW's: `name` is "training.adam".
template <typename Options>
absl::Status ValidateAdam(absl::string_view name, const Options& adam) {
  MINIDL_RETURN_IF_ERROR(CheckPositive(absl::StrCat(name, ".learning_rate"),
                                       adam.learning_rate()));
  MINIDL_RETURN_IF_ERROR(
      CheckFraction(absl::StrCat(name, ".beta1"), adam.beta1()));
  MINIDL_RETURN_IF_ERROR(
      CheckFraction(absl::StrCat(name, ".beta2"), adam.beta2()));
  MINIDL_RETURN_IF_ERROR(
      CheckEpsilon(absl::StrCat(name, ".epsilon"), adam.epsilon()));
  return CheckNotNegative(absl::StrCat(name, ".weight_decay"),
                          adam.weight_decay());
}

absl::Status Validate(const proto::RMSpropOptions& rmsprop) {
  MINIDL_RETURN_IF_ERROR(
      CheckPositive("training.rmsprop.learning_rate", rmsprop.learning_rate()));
  MINIDL_RETURN_IF_ERROR(
      CheckFraction("training.rmsprop.alpha", rmsprop.alpha()));
  MINIDL_RETURN_IF_ERROR(
      CheckEpsilon("training.rmsprop.epsilon", rmsprop.epsilon()));
  MINIDL_RETURN_IF_ERROR(
      CheckFraction("training.rmsprop.momentum", rmsprop.momentum()));
  return CheckNotNegative("training.rmsprop.weight_decay",
                          rmsprop.weight_decay());
}

absl::Status ValidateOptimizer(const proto::Training& training) {
  switch (training.optimizer_case()) {
    case proto::Training::kSgd:
      return Validate(training.sgd());
    case proto::Training::kAdam:
      return ValidateAdam("training.adam", training.adam());
    case proto::Training::kAdamw:
      return ValidateAdam("training.adamw", training.adamw());
    case proto::Training::kRmsprop:
      return Validate(training.rmsprop());
    case proto::Training::OPTIMIZER_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "training has no optimizer; expected sgd, adam, adamw or rmsprop");
}

absl::Status ValidateSchedule(const proto::Training& training) {
  if (training.schedule() == proto::Training::STEP) {
    const proto::StepDecay& decay = training.step_decay();
    MINIDL_RETURN_IF_ERROR(
        CheckCount("training.step_decay.epochs", decay.epochs()));
    if (!(0 < decay.factor() && decay.factor() <= 1)) {
      return FieldError("training.step_decay.factor", decay.factor(),
                        "more than 0 and at most 1");
    }
  } else if (training.has_step_decay()) {
    return absl::InvalidArgumentError(
        "training.step_decay is set; expected schedule STEP with it");
  }
  const int warm_up = training.warm_up_epochs();
  if (warm_up != 0 && training.schedule() == proto::Training::ONE_CYCLE) {
    return FieldError("training.warm_up_epochs", warm_up,
                      "0 with schedule ONE_CYCLE, which has a warm-up");
  }
  if (warm_up < 0 || warm_up >= training.epochs()) {
    return FieldError(
        "training.warm_up_epochs", warm_up,
        absl::StrCat("at least 0 and less than epochs, ", training.epochs()));
  }
  return absl::OkStatus();
}

absl::Status Validate(const proto::Augmentation& augmentation) {
  if (!(0 <= augmentation.rotation() && augmentation.rotation() < 180)) {
    return FieldError("training.augmentation.rotation", augmentation.rotation(),
                      "at least 0 and less than 180");
  }
  MINIDL_RETURN_IF_ERROR(
      CheckFraction("training.augmentation.scaling", augmentation.scaling()));
  // Pixels; nothing is left of an image that has been moved so far.
  const auto check_pixels = [](absl::string_view field, double value) {
    if (0 <= value && value <= 100) return absl::OkStatus();
    return FieldError(absl::StrCat("training.augmentation.", field), value,
                      "at least 0 and at most 100");
  };
  MINIDL_RETURN_IF_ERROR(check_pixels("shear", augmentation.shear()));
  MINIDL_RETURN_IF_ERROR(
      check_pixels("translation", augmentation.translation()));
  return check_pixels("distortion", augmentation.distortion());
}

}  // namespace

absl::Status ValidateTraining(const proto::Training& training) {
  MINIDL_RETURN_IF_ERROR(CheckCount("training.epochs", training.epochs()));
  MINIDL_RETURN_IF_ERROR(
      CheckCount("training.batch_size", training.batch_size()));
  if (training.test_interval() < 0) {
    return FieldError("training.test_interval", training.test_interval(),
                      "at least 0");
  }
  MINIDL_RETURN_IF_ERROR(ValidateOptimizer(training));
  MINIDL_RETURN_IF_ERROR(ValidateSchedule(training));
  MINIDL_RETURN_IF_ERROR(CheckNotNegative("training.max_gradient_norm",
                                          training.max_gradient_norm()));
  MINIDL_RETURN_IF_ERROR(CheckNotNegative("training.max_gradient_value",
                                          training.max_gradient_value()));
  MINIDL_RETURN_IF_ERROR(Validate(training.augmentation()));
  MINIDL_RETURN_IF_ERROR(
      CheckFraction("training.weight_averaging", training.weight_averaging()));
  if (training.input_normalization() ==
      proto::Training::INPUT_NORMALIZATION_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "training.input_normalization is not set; expected NONE or "
        "MEAN_AND_DEVIATION");
  }
  return absl::OkStatus();
}

}  // namespace minidl
