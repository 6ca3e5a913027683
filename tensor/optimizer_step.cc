#include "tensor/optimizer_step.h"

#include "base/check.h"
#include "tensor/kernels/optimizer.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

void CheckFits(const char* operation, const Tensor<float>& tensor,
               const Tensor<float>& parameter) {
  MINIDL_CHECK(tensor.shape() == parameter.shape(), operation, ": shape ",
               tensor.shape().ToString(), " for a parameter of shape ",
               parameter.shape().ToString());
}

}  // namespace

void SgdStep(const SgdStepOptions& options, const Tensor<float>& gradient,
             Tensor<float>& parameter) {
  CheckFits("SgdStep", gradient, parameter);
  kernels::SgdStep(parameter.size(), options, gradient.data(),
                   parameter.data());
}

void SgdMomentumStep(const SgdStepOptions& options,
                     const Tensor<float>& gradient, Tensor<float>& velocity,
                     Tensor<float>& parameter) {
  CheckFits("SgdMomentumStep", gradient, parameter);
  CheckFits("SgdMomentumStep", velocity, parameter);
  kernels::SgdMomentumStep(parameter.size(), options, gradient.data(),
                           velocity.data(), parameter.data());
}

void AdamStep(const AdamStepOptions& options, const Tensor<float>& gradient,
              Tensor<float>& first_moment, Tensor<float>& second_moment,
              Tensor<float>& parameter) {
  CheckFits("AdamStep", gradient, parameter);
  CheckFits("AdamStep", first_moment, parameter);
  CheckFits("AdamStep", second_moment, parameter);
  kernels::AdamStep(parameter.size(), options, gradient.data(),
                    first_moment.data(), second_moment.data(),
                    parameter.data());
}

void RmspropStep(const RmspropStepOptions& options,
                 const Tensor<float>& gradient, Tensor<float>& mean_square,
                 Tensor<float>* mean, Tensor<float>* velocity,
                 Tensor<float>& parameter) {
  CheckFits("RmspropStep", gradient, parameter);
  CheckFits("RmspropStep", mean_square, parameter);
  if (mean != nullptr) CheckFits("RmspropStep", *mean, parameter);
  if (velocity != nullptr) CheckFits("RmspropStep", *velocity, parameter);
  kernels::RmspropStep(
      parameter.size(), options, gradient.data(), mean_square.data(),
      mean == nullptr ? nullptr : mean->data(),
      velocity == nullptr ? nullptr : velocity->data(), parameter.data());
}

}  // namespace minidl
