#ifndef MINIDL_NN_GRADIENT_CHECK_H_
#define MINIDL_NN_GRADIENT_CHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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
  // How far off the numeric gradient may be where the error is largest, because
  // the function is rounded.
  double rounding = 0;
  // How many elements were compared, and how many more are at a kink.
  int64_t num_checked = 0;
  int64_t num_kinks = 0;

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

// What a function depends on, and its analytic gradient by it, of the same
// shape.
struct Differentiated {
  std::string name;
  Tensor<double>* variable;
  const Tensor<double>* gradient;
};

// Compares any function's gradients in the same way, by `samples` elements of
// each variable, drawn from `generator`, or by all if there are no more or
// `samples` is 0. `function` computes the same each time from the variables,
// which are as before afterwards, and is of order 1.
//
// Elements whose error is more than rounding explains are compared again with
// smaller steps, down to h = 1e-7, which leaves most kinks behind. If one
// remains, where the differences to both sides disagree, the element counts as
// at a kink as long as the analytic gradient is one of the two or between them.
std::vector<GradientError> CompareGradients(
    const std::vector<Differentiated>& differentiated,
    absl::FunctionRef<double()> function, int64_t samples,
    Generator& generator);

}  // namespace minidl

#endif  // MINIDL_NN_GRADIENT_CHECK_H_
