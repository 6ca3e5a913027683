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

void SgdStep(float learning_rate, const Tensor<float>& gradient,
             Tensor<float>& parameter) {
  CheckFits("SgdStep", gradient, parameter);
  kernels::SgdStep(parameter.size(), learning_rate, gradient.data(),
                   parameter.data());
}

void SgdMomentumStep(float learning_rate, float momentum,
                     const Tensor<float>& gradient, Tensor<float>& velocity,
                     Tensor<float>& parameter) {
  CheckFits("SgdMomentumStep", gradient, parameter);
  CheckFits("SgdMomentumStep", velocity, parameter);
  kernels::SgdMomentumStep(parameter.size(), learning_rate, momentum,
                           gradient.data(), velocity.data(), parameter.data());
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

}  // namespace minidl
