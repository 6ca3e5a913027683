#ifndef MINIDL_NN_GRADIENT_CHECK_H_
#define MINIDL_NN_GRADIENT_CHECK_H_

#include <string>
#include <vector>

#include "nn/module.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {

// How far a gradient from Backward is from a numeric one.
struct GradientError {
  // "input", or the name of a parameter.
  std::string name;
  // The largest |analytic - numeric|, NaN if one is NaN; and for scale the
  // largest |numeric|.
  double max_error;
  double max_gradient;

  // max_error in units of the scale.
  double relative() const;
};

// Compares Backward with central differences, for f(input, parameters) = <r,
// Forward(input)> with a random r drawn from `generator`: for the input and for
// each parameter, (f(x + h) - f(x - h)) / 2h for every element x, with h =
// 1e-5. For a smooth module the relative error is then around 1e-9; where a
// kink (of ReLU, or a tie in max-pooling) lies within h, it means nothing.
//
// The module computes the same function each time it is called; `input` and
// the parameters are as before afterwards.
std::vector<GradientError> CheckGradients(BasicModule<double>& module,
                                          Tensor<double>& input,
                                          Generator& generator);

}  // namespace minidl

#endif  // MINIDL_NN_GRADIENT_CHECK_H_
