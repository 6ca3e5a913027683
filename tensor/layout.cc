#include "tensor/layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "base/check.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Whether examples of shape `whole` can be cut into parts of shape `part`, and
// have a part `index`.
void CheckParts(const char* operation, const Shape& whole, int64_t index,
                const Shape& part) {
  MINIDL_CHECK(whole.rank() > 0 && part.rank() > 0 && whole[0] == part[0],
               operation, ": ", whole.ToString(), " and ", part.ToString(),
               " have not as many examples");
  const int64_t whole_size = whole.WithoutOuter().num_elements();
  const int64_t part_size = part.WithoutOuter().num_elements();
  MINIDL_CHECK(part_size > 0 && whole_size % part_size == 0 && 0 <= index &&
                   index < whole_size / part_size,
               operation, ": examples of ", whole.ToString(), " have no part ",
               index, " as in ", part.ToString());
}

}  // namespace

template <typename T>
void CopyReshaped(const Tensor<T>& input, const Shape& shape,
                  Tensor<T>& output) {
  MINIDL_CHECK(shape.num_elements() == input.size(),
               "CopyReshaped: ", input.shape().ToString(),
               " has not as many elements as ", shape.ToString());
  output.Resize(shape);
  std::copy_n(input.data(), input.size(), output.data());
}

template <typename T>
void TakePart(const Tensor<T>& input, int64_t index, const Shape& shape,
              Tensor<T>& output) {
  CheckParts("TakePart", input.shape(), index, shape);
  output.Resize(shape);
  const int64_t whole = input.shape().WithoutOuter().num_elements();
  const int64_t part = shape.WithoutOuter().num_elements();
  for (int64_t n = 0; n < shape[0]; ++n) {
    std::copy_n(input.data() + n * whole + index * part, part,
                output.data() + n * part);
  }
}

template <typename T>
void PutPart(const Tensor<T>& input, int64_t index, Tensor<T>& output) {
  CheckParts("PutPart", output.shape(), index, input.shape());
  const int64_t whole = output.shape().WithoutOuter().num_elements();
  const int64_t part = input.shape().WithoutOuter().num_elements();
  for (int64_t n = 0; n < input.shape()[0]; ++n) {
    std::copy_n(input.data() + n * part, part,
                output.data() + n * whole + index * part);
  }
}

template <typename T>
void GatherRows(const Tensor<T>& input, absl::Span<const int64_t> rows,
                Tensor<T>& output) {
  const int64_t count = input.shape()[0];
  const int64_t size = count == 0 ? 0 : input.size() / count;
  output.Resize(input.shape().ReplaceOuter(static_cast<int64_t>(rows.size())));
  T* to = output.data();
  for (const int64_t row : rows) {
    MINIDL_CHECK(0 <= row && row < count, "GatherRows: row ", row, " of ",
                 input.shape().ToString());
    // Not std::copy, which calls memmove for a pair of numbers.
    const T* from = input.data() + row * size;
    for (int64_t i = 0; i < size; ++i) to[i] = from[i];
    to += size;
  }
}

#define MINIDL_INSTANTIATE(T)                                                  \
  template void CopyReshaped(const Tensor<T>&, const Shape&, Tensor<T>&);      \
  template void TakePart(const Tensor<T>&, int64_t, const Shape&, Tensor<T>&); \
  template void PutPart(const Tensor<T>&, int64_t, Tensor<T>&);                \
  template void GatherRows(const Tensor<T>&, absl::Span<const int64_t>,        \
                           Tensor<T>&);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
MINIDL_INSTANTIATE(int64_t)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
