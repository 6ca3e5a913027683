#include "tensor/elementwise.h"

#include "base/check.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

template <typename T>
void CheckSameShape(const char* operation, const Tensor<T>& a,
                    const Tensor<T>& b) {
  MINIDL_CHECK(a.shape() == b.shape(), operation, ": shapes ",
               a.shape().ToString(), " and ", b.shape().ToString(), " differ");
}

}  // namespace

template <typename T>
void Multiply(const Tensor<T>& a, const Tensor<T>& b, Tensor<T>& output) {
  CheckSameShape("Multiply", a, b);
  output.Resize(a.shape());
  kernels::Multiply(a.size(), a.data(), b.data(), output.data());
}

template <typename T>
void Add(const Tensor<T>& a, const Tensor<T>& b, Tensor<T>& output) {
  CheckSameShape("Add", a, b);
  output.Resize(a.shape());
  kernels::Add(a.size(), a.data(), b.data(), output.data());
}

template <typename T>
void Subtract(const Tensor<T>& a, const Tensor<T>& b, Tensor<T>& output) {
  CheckSameShape("Subtract", a, b);
  output.Resize(a.shape());
  kernels::Subtract(a.size(), a.data(), b.data(), output.data());
}

template <typename T>
void AddTo(const Tensor<T>& terms, Tensor<T>& sum) {
  CheckSameShape("AddTo", terms, sum);
  kernels::AddTo(terms.size(), terms.data(), sum.data());
}

template <typename T>
void Scale(const Tensor<T>& input, T factor, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::Scale(input.size(), input.data(), factor, output.data());
}

template <typename T>
void Clamp(const Tensor<T>& input, T limit, Tensor<T>& output) {
  MINIDL_CHECK(limit >= 0, "Clamp: limit ", limit);
  output.Resize(input.shape());
  kernels::Clamp(input.size(), input.data(), limit, output.data());
}

template <typename T>
void LogProbability(const Tensor<T>& input, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::LogProbability(input.size(), input.data(), output.data());
}

template <typename T>
void ReluForward(const Tensor<T>& input, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::ReluForward(input.size(), input.data(), output.data());
}

template <typename T>
void ReluBackward(const Tensor<T>& output, const Tensor<T>& output_gradient,
                  Tensor<T>& input_gradient) {
  CheckSameShape("ReluBackward", output, output_gradient);
  input_gradient.Resize(output.shape());
  kernels::ReluBackward(output.size(), output.data(), output_gradient.data(),
                        input_gradient.data());
}

template <typename T>
void LeakyReluForward(const Tensor<T>& input, T slope, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::LeakyReluForward(input.size(), input.data(), slope, output.data());
}

template <typename T>
void LeakyReluBackward(const Tensor<T>& input, const Tensor<T>& output_gradient,
                       T slope, Tensor<T>& input_gradient) {
  CheckSameShape("LeakyReluBackward", input, output_gradient);
  input_gradient.Resize(input.shape());
  kernels::LeakyReluBackward(input.size(), input.data(), output_gradient.data(),
                             slope, input_gradient.data());
}

template <typename T>
void GeluForward(const Tensor<T>& input, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::GeluForward(input.size(), input.data(), output.data());
}

template <typename T>
void GeluBackward(const Tensor<T>& input, const Tensor<T>& output_gradient,
                  Tensor<T>& input_gradient) {
  CheckSameShape("GeluBackward", input, output_gradient);
  input_gradient.Resize(input.shape());
  kernels::GeluBackward(input.size(), input.data(), output_gradient.data(),
                        input_gradient.data());
}

template <typename T>
void SigmoidForward(const Tensor<T>& input, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::SigmoidForward(input.size(), input.data(), output.data());
}

template <typename T>
void SigmoidBackward(const Tensor<T>& output, const Tensor<T>& output_gradient,
                     Tensor<T>& input_gradient) {
  CheckSameShape("SigmoidBackward", output, output_gradient);
  input_gradient.Resize(output.shape());
  kernels::SigmoidBackward(output.size(), output.data(), output_gradient.data(),
                           input_gradient.data());
}

template <typename T>
void TanhForward(const Tensor<T>& input, Tensor<T>& output) {
  output.Resize(input.shape());
  kernels::TanhForward(input.size(), input.data(), output.data());
}

template <typename T>
void TanhBackward(const Tensor<T>& output, const Tensor<T>& output_gradient,
                  Tensor<T>& input_gradient) {
  CheckSameShape("TanhBackward", output, output_gradient);
  input_gradient.Resize(output.shape());
  kernels::TanhBackward(output.size(), output.data(), output_gradient.data(),
                        input_gradient.data());
}

template <typename T>
double SumOfSquares(const Tensor<T>& input) {
  return kernels::SumOfSquares(input.size(), input.data());
}

#define MINIDL_INSTANTIATE(T)                                                 \
  template void AddTo(const Tensor<T>&, Tensor<T>&);                          \
  template void Add(const Tensor<T>&, const Tensor<T>&, Tensor<T>&);          \
  template void Subtract(const Tensor<T>&, const Tensor<T>&, Tensor<T>&);     \
  template void Scale(const Tensor<T>&, T, Tensor<T>&);                       \
  template void Clamp(const Tensor<T>&, T, Tensor<T>&);                       \
  template void Multiply(const Tensor<T>&, const Tensor<T>&, Tensor<T>&);     \
  template void LogProbability(const Tensor<T>&, Tensor<T>&);                 \
  template void ReluForward(const Tensor<T>&, Tensor<T>&);                    \
  template void ReluBackward(const Tensor<T>&, const Tensor<T>&, Tensor<T>&); \
  template void LeakyReluForward(const Tensor<T>&, T, Tensor<T>&);            \
  template void LeakyReluBackward(const Tensor<T>&, const Tensor<T>&, T,      \
                                  Tensor<T>&);                                \
  template void GeluForward(const Tensor<T>&, Tensor<T>&);                    \
  template void GeluBackward(const Tensor<T>&, const Tensor<T>&, Tensor<T>&); \
  template void SigmoidForward(const Tensor<T>&, Tensor<T>&);                 \
  template void SigmoidBackward(const Tensor<T>&, const Tensor<T>&,           \
                                Tensor<T>&);                                  \
  template void TanhForward(const Tensor<T>&, Tensor<T>&);                    \
  template void TanhBackward(const Tensor<T>&, const Tensor<T>&, Tensor<T>&); \
  template double SumOfSquares(const Tensor<T>&);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
