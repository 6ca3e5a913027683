#ifndef MINIDL_NN_FUSED_TESTUTIL_H_
#define MINIDL_NN_FUSED_TESTUTIL_H_

#include <functional>

#include "nn/sequential.h"
#include "tensor/generator.h"
#include "tensor/shape.h"

namespace minidl {

// Checks that a Sequential of the modules that `add_modules` adds, the same
// ones for the same generator, computes what they do when they are called one
// by one, as it would if it fused nothing: in two steps of training and in
// evaluation, from random inputs of shape `input` (N×C×H×W), with and without
// the gradient by them. Outputs and the modules' buffers differ by at most
// output_terms units in the last place of 1, gradients by the input by at most
// gradient_terms, and those by the parameters by ten times as many.
void ExpectFusedIsOneByOne(
    const std::function<void(Generator&, Sequential&)>& add_modules,
    const Shape& input, double output_terms, double gradient_terms);

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_TESTUTIL_H_
