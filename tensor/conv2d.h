#ifndef MINIDL_TENSOR_CONV2D_H_
#define MINIDL_TENSOR_CONV2D_H_

#include <cstdint>

#include "tensor/tensor.h"

// Cross-correlation of a batch of images with square kernels, as
// torch.nn.functional.conv2d. Shapes that do not fit stop the program.
// `workspace` is scratch memory that grows to what is needed; pass the same
// tensor each time.
namespace minidl {

struct Conv2dOptions {
  int64_t stride = 1;
  int64_t padding = 0;  // Zeros on each side of the image.
  // From one element of the kernel to the next, in the image.
  int64_t dilation = 1;

  // How far a kernel reaches in the image.
  int64_t Extent(int64_t kernel_size) const {
    return dilation * (kernel_size - 1) + 1;
  }
};

// output (N×O×H'×W', resized), from input (N×C×H×W), weight (O×C×K×K) and bias
// (O): output[n,o,y,x] = bias[o] + the sum over c, i, j of
// weight[o,c,i,j] input[n, c, y stride + i dilation - padding,
//                       x stride + j dilation - padding],
// where the input is 0 outside. H' = NumWindows(H, Extent(K), stride, padding).
template <typename T>
void Conv2dForward(const Tensor<T>& input, const Tensor<T>& weight,
                   const Tensor<T>& bias, const Conv2dOptions& options,
                   Tensor<T>& output, Tensor<T>& workspace);

// From the gradient of a loss by the output: adds the gradients by weight and
// bias to weight_gradient and bias_gradient, and if `input_gradient` is not
// null makes it the gradient by the input (resized).
template <typename T>
void Conv2dBackward(const Tensor<T>& input, const Tensor<T>& weight,
                    const Tensor<T>& output_gradient,
                    const Conv2dOptions& options, Tensor<T>& weight_gradient,
                    Tensor<T>& bias_gradient, Tensor<T>* input_gradient,
                    Tensor<T>& workspace);

}  // namespace minidl

#endif  // MINIDL_TENSOR_CONV2D_H_
