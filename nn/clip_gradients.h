#ifndef MINIDL_NN_CLIP_GRADIENTS_H_
#define MINIDL_NN_CLIP_GRADIENTS_H_

#include <vector>

#include "nn/parameter.h"

// Limits to gradients, between a backward pass and the optimizer's step.
// Gradients within them stay as they are, to the bit. A limit that is not
// positive stops the program.
namespace minidl {

// Multiplies all gradients by max_norm / (norm + 1e-6) if that is less than 1,
// and returns the norm: the root of the sum of the squares of all gradients
// before. As torch.nn.utils.clip_grad_norm_: a norm that is NaN makes all
// gradients NaN, and an infinite one those that are infinite.
double ClipGradientNorm(const std::vector<NamedParameter>& parameters,
                        double max_norm);

// Makes of each number of a gradient the nearest one in [-max_value,
// max_value], as torch.nn.utils.clip_grad_value_. NaNs stay.
void ClipGradientValues(const std::vector<NamedParameter>& parameters,
                        double max_value);

}  // namespace minidl

#endif  // MINIDL_NN_CLIP_GRADIENTS_H_
