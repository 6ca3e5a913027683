#ifndef MINIDL_TENSOR_WINDOWS_H_
#define MINIDL_TENSOR_WINDOWS_H_

#include <cstdint>

namespace minidl {

// How many windows of `kernel_size` elements, `stride` apart, fit along `size`
// elements with `padding` more at each end:
// floor((size + 2 padding - kernel_size) / stride) + 1, or 0 if none does.
constexpr int64_t NumWindows(int64_t size, int64_t kernel_size, int64_t stride,
                             int64_t padding = 0) {
  const int64_t room = size + 2 * padding - kernel_size;
  return room < 0 ? 0 : room / stride + 1;
}

}  // namespace minidl

#endif  // MINIDL_TENSOR_WINDOWS_H_
