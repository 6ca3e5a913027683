#ifndef MINIDL_TENSOR_KERNELS_IM2COL_H_
#define MINIDL_TENSOR_KERNELS_IM2COL_H_

#include <cstdint>

namespace minidl::kernels {

// Where a convolution of an image of channels×height×width by square kernels
// looks: at output_height×output_width places, `stride` apart, in the image
// with `padding` zeros on each side. A kernel's elements are `dilation` apart.
struct Conv2dGeometry {
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t kernel_size;
  int64_t stride;
  int64_t padding;
  int64_t dilation;
  int64_t output_height;
  int64_t output_width;

  // Numbers under a kernel, and places.
  int64_t patch_size() const { return channels * kernel_size * kernel_size; }
  int64_t num_places() const { return output_height * output_width; }
};

// Makes convolution a matrix product: column p of `patches`, which is
// patch_size×num_places and row-major, gets what the kernel sees at place p of
// `image`, in the order channel, row, column.
template <typename T>
void Im2Col(const Conv2dGeometry& geometry, const T* image, T* patches);

// The transpose of Im2Col: adds every element of `patches` to the element of
// `image` that Im2Col takes it from.
template <typename T>
void Col2Im(const Conv2dGeometry& geometry, const T* patches, T* image);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_IM2COL_H_
