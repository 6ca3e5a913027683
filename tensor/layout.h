#ifndef MINIDL_TENSOR_LAYOUT_H_
#define MINIDL_TENSOR_LAYOUT_H_

#include <cstdint>

#include "absl/types/span.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// Operations that move elements and compute nothing. Shapes that do not fit
// stop the program.
namespace minidl {

// output = the elements of `input` in their order, in a shape of as many.
template <typename T>
void CopyReshaped(const Tensor<T>& input, const Shape& shape,
                  Tensor<T>& output);

// Cuts every example of `input` (N×...) into equal parts, and makes part
// `index` an example of `output`, which takes `shape` (N×...).
template <typename T>
void TakePart(const Tensor<T>& input, int64_t index, const Shape& shape,
              Tensor<T>& output);

// The reverse: part `index` of every example of `output` becomes an example of
// `input`. Both have N examples, output's a multiple of input's size.
template <typename T>
void PutPart(const Tensor<T>& input, int64_t index, Tensor<T>& output);

// output (M×..., resized) = the examples rows[0], rows[1], ... rows[M-1] of
// input (N×...).
template <typename T>
void GatherRows(const Tensor<T>& input, absl::Span<const int64_t> rows,
                Tensor<T>& output);

}  // namespace minidl

#endif  // MINIDL_TENSOR_LAYOUT_H_
