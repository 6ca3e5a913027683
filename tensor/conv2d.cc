#include "tensor/conv2d.h"

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "base/check.h"
#include "tensor/direct_conv2d.h"
#include "tensor/kernels/direct_conv2d.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/im2col.h"
#include "tensor/kernels/matmul.h"
#include "tensor/kernels/matrix.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

// With stride and dilation 1, and in float, by DirectConv2dForward. Otherwise
// image by image, as a product of matrices:
//   output (O×H'W') = weight (O×CKK) patches (CKK×H'W').

namespace minidl {
namespace {

using kernels::Conv2dGeometry;
using kernels::MatMul;
using kernels::MatMulWorkspaceSize;
using kernels::RowMajor;

template <typename T>
Conv2dGeometry Geometry(const char* operation, const Tensor<T>& input,
                        const Tensor<T>& weight, const Tensor<T>& bias,
                        const Conv2dOptions& options) {
  const Shape& image = input.shape();
  const Shape& kernel = weight.shape();
  MINIDL_CHECK(image.rank() == 4 && kernel.rank() == 4 &&
                   image[1] == kernel[1] && kernel[2] == kernel[3] &&
                   kernel[2] > 0,
               operation, ": input ", image.ToString(), " and weight ",
               kernel.ToString(), " are not N×C×H×W and O×C×K×K");
  MINIDL_CHECK(bias.shape() == Shape({kernel[0]}), operation, ": bias ",
               bias.shape().ToString(), " does not fit weight ",
               kernel.ToString());
  MINIDL_CHECK(
      options.stride > 0 && options.padding >= 0 && options.dilation > 0,
      operation, ": stride ", options.stride, ", padding ", options.padding,
      ", dilation ", options.dilation);
  const int64_t extent = options.Extent(kernel[2]);
  Conv2dGeometry geometry;
  geometry.channels = image[1];
  geometry.height = image[2];
  geometry.width = image[3];
  geometry.kernel_size = kernel[2];
  geometry.stride = options.stride;
  geometry.padding = options.padding;
  geometry.dilation = options.dilation;
  geometry.output_height =
      NumWindows(image[2], extent, options.stride, options.padding);
  geometry.output_width =
      NumWindows(image[3], extent, options.stride, options.padding);
  MINIDL_CHECK(geometry.num_places() > 0, operation, ": weight ",
               kernel.ToString(), " with dilation ", options.dilation,
               " is larger than input ", image.ToString(), " with padding ",
               options.padding);
  return geometry;
}

// The two parts of the workspace: the patches of an image, and what MatMul
// needs.
template <typename T>
struct Workspace {
  Workspace(int64_t patches_size, int64_t matmul_size, Tensor<T>& memory) {
    // Keep the second part aligned as the first.
    constexpr int64_t kLine = kTensorAlignment / sizeof(T);
    const int64_t start = (patches_size + kLine - 1) / kLine * kLine;
    memory.Resize({start + matmul_size});
    patches = memory.data();
    matmul = memory.data() + start;
  }
  T* patches;
  T* matmul;
};

}  // namespace

template <typename T>
void Conv2dForward(const Tensor<T>& input, const Tensor<T>& weight,
                   const Tensor<T>& bias, const Conv2dOptions& options,
                   Tensor<T>& output, Tensor<T>& workspace) {
  const Conv2dGeometry g =
      Geometry("Conv2dForward", input, weight, bias, options);
  const int64_t batch = input.shape()[0];
  const int64_t channels = weight.shape()[0];
  const int64_t places = g.num_places();
  const int64_t depth = g.patch_size();
  output.Resize({batch, channels, g.output_height, g.output_width});
  if constexpr (std::is_same_v<T, float>) {
    if (kernels::IsDirectConv2d(g)) {
      DirectConv2dForward(g, input, weight, bias, output, workspace);
      return;
    }
  }
  const Workspace<T> memory(depth * places, MatMulWorkspaceSize(depth, places),
                            workspace);
  for (int64_t n = 0; n < batch; ++n) {
    kernels::Im2Col(g, input.data() + n * g.channels * g.height * g.width,
                    memory.patches);
    T* out = output.data() + n * channels * places;
    for (int64_t o = 0; o < channels; ++o) {
      std::fill_n(out + o * places, places, bias.data()[o]);
    }
    MatMul(RowMajor(weight.data(), channels, depth),
           RowMajor<const T>(memory.patches, depth, places),
           RowMajor(out, channels, places), /*accumulate=*/true, memory.matmul);
  }
}

template <typename T>
void Conv2dBackward(const Tensor<T>& input, const Tensor<T>& weight,
                    const Tensor<T>& output_gradient,
                    const Conv2dOptions& options, Tensor<T>& weight_gradient,
                    Tensor<T>& bias_gradient, Tensor<T>* input_gradient,
                    Tensor<T>& workspace) {
  const Conv2dGeometry g =
      Geometry("Conv2dBackward", input, weight, bias_gradient, options);
  const int64_t batch = input.shape()[0];
  const int64_t channels = weight.shape()[0];
  const int64_t places = g.num_places();
  const int64_t depth = g.patch_size();
  const int64_t image_size = g.channels * g.height * g.width;
  const Shape output_shape = {batch, channels, g.output_height, g.output_width};
  MINIDL_CHECK(output_gradient.shape() == output_shape,
               "Conv2dBackward: output gradient ",
               output_gradient.shape().ToString(), " where the output is ",
               output_shape.ToString());
  MINIDL_CHECK(weight_gradient.shape() == weight.shape(),
               "Conv2dBackward: weight gradient ",
               weight_gradient.shape().ToString(), " and weight ",
               weight.shape().ToString());
  if (input_gradient != nullptr) input_gradient->Resize(input.shape());
  for (int64_t n = 0; n < batch; ++n) {
    for (int64_t o = 0; o < channels; ++o) {
      bias_gradient.data()[o] += kernels::Sum(
          places, output_gradient.data() + (n * channels + o) * places);
    }
  }
  if constexpr (std::is_same_v<T, float>) {
    if (kernels::IsDirectConv2d(g)) {
      DirectConv2dBackward(g, input, weight, output_gradient, weight_gradient,
                           input_gradient, workspace);
      return;
    }
  }

  if (input_gradient != nullptr) input_gradient->Fill(0);
  const Workspace<T> memory(depth * places,
                            std::max(MatMulWorkspaceSize(places, depth),
                                     MatMulWorkspaceSize(channels, places)),
                            workspace);
  for (int64_t n = 0; n < batch; ++n) {
    const T* gradient = output_gradient.data() + n * channels * places;
    kernels::Im2Col(g, input.data() + n * image_size, memory.patches);
    MatMul(RowMajor(gradient, channels, places),
           RowMajor<const T>(memory.patches, depth, places).Transposed(),
           RowMajor(weight_gradient.data(), channels, depth),
           /*accumulate=*/true, memory.matmul);
    if (input_gradient != nullptr) {
      MatMul(RowMajor(weight.data(), channels, depth).Transposed(),
             RowMajor(gradient, channels, places),
             RowMajor(memory.patches, depth, places), /*accumulate=*/false,
             memory.matmul);
      kernels::Col2Im<T>(g, memory.patches,
                         input_gradient->data() + n * image_size);
    }
  }
}

#define MINIDL_INSTANTIATE(T)                                         \
  template void Conv2dForward(const Tensor<T>&, const Tensor<T>&,     \
                              const Tensor<T>&, const Conv2dOptions&, \
                              Tensor<T>&, Tensor<T>&);                \
  template void Conv2dBackward(                                       \
      const Tensor<T>&, const Tensor<T>&, const Tensor<T>&,           \
      const Conv2dOptions&, Tensor<T>&, Tensor<T>&, Tensor<T>*, Tensor<T>&);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
