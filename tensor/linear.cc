#include "tensor/linear.h"

#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/matmul.h"
#include "tensor/kernels/matrix.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using kernels::MatMul;
using kernels::MatMulAddBias;
using kernels::MatMulWorkspaceSize;
using kernels::RowMajor;

template <typename T>
void CheckShapes(const char* operation, const Tensor<T>& input,
                 const Tensor<T>& weight, const Tensor<T>& bias) {
  MINIDL_CHECK(input.shape().rank() == 2 && weight.shape().rank() == 2 &&
                   input.shape()[1] == weight.shape()[1],
               operation, ": input ", input.shape().ToString(), " and weight ",
               weight.shape().ToString(), " are not N×in and out×in");
  MINIDL_CHECK(bias.shape().Is(weight.shape()[0]), operation, ": bias ",
               bias.shape().ToString(), " does not fit weight ",
               weight.shape().ToString());
}

// At least `size` elements, zero at first: what a product finds beyond its
// columns must not be denormal, or it would take long. Resizing to the exact
// size would be done for every product, if several have their turns.
template <typename T>
T* Grow(int64_t size, Tensor<T>& workspace) {
  if (workspace.size() < size) workspace = Tensor<T>({size});
  return workspace.data();
}

}  // namespace

template <typename T>
void LinearForward(const Tensor<T>& input, const Tensor<T>& weight,
                   const Tensor<T>& bias, Tensor<T>& output,
                   Tensor<T>& workspace) {
  CheckShapes("LinearForward", input, weight, bias);
  const int64_t batch = input.shape()[0];
  const int64_t out = weight.shape()[0];
  const int64_t in = weight.shape()[1];
  output.ResizeTo(batch, out);
  MatMulAddBias(RowMajor(input.data(), batch, in),
                RowMajor(weight.data(), out, in).Transposed(), bias.data(),
                RowMajor(output.data(), batch, out),
                Grow(MatMulWorkspaceSize(in, out), workspace));
}

template <typename T>
void LinearBackward(const Tensor<T>& input, const Tensor<T>& weight,
                    const Tensor<T>& output_gradient,
                    Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
                    Tensor<T>* input_gradient, Tensor<T>& workspace) {
  CheckShapes("LinearBackward", input, weight, bias_gradient);
  const int64_t batch = input.shape()[0];
  const int64_t out = weight.shape()[0];
  const int64_t in = weight.shape()[1];
  MINIDL_CHECK(output_gradient.shape().Is(batch, out),
               "LinearBackward: output gradient ",
               output_gradient.shape().ToString(), " where the output is ",
               Shape({batch, out}).ToString());
  MINIDL_CHECK(weight_gradient.shape() == weight.shape(),
               "LinearBackward: weight gradient ",
               weight_gradient.shape().ToString(), " and weight ",
               weight.shape().ToString());

  const auto gradient = RowMajor(output_gradient.data(), batch, out);
  kernels::AddColumnSums(batch, out, output_gradient.data(),
                         bias_gradient.data());
  MatMul(gradient.Transposed(), RowMajor(input.data(), batch, in),
         RowMajor(weight_gradient.data(), out, in), /*accumulate=*/true,
         Grow(MatMulWorkspaceSize(batch, in), workspace));
  if (input_gradient != nullptr) {
    input_gradient->Resize(input.shape());
    MatMul(gradient, RowMajor(weight.data(), out, in),
           RowMajor(input_gradient->data(), batch, in), /*accumulate=*/false,
           Grow(MatMulWorkspaceSize(out, in), workspace));
  }
}

#define MINIDL_INSTANTIATE(T)                                            \
  template void LinearForward(const Tensor<T>&, const Tensor<T>&,        \
                              const Tensor<T>&, Tensor<T>&, Tensor<T>&); \
  template void LinearBackward(const Tensor<T>&, const Tensor<T>&,       \
                               const Tensor<T>&, Tensor<T>&, Tensor<T>&, \
                               Tensor<T>*, Tensor<T>&);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
