#include "tensor/layer_norm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/batch_norm.h"
#include "tensor/kernels/layer_norm.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// How many rows of shape `row` an input has.
int64_t NumRows(const char* operation, const Shape& input, const Shape& row) {
  const auto sizes = input.sizes();
  const auto last = row.sizes();
  MINIDL_CHECK(
      row.rank() > 0 && row.num_elements() > 0 && row.rank() <= input.rank() &&
          std::equal(last.rbegin(), last.rend(), sizes.rbegin()),
      operation, ": weight ", row.ToString(), " for input ", input.ToString());
  return input.num_elements() / row.num_elements();
}

// Calls body(first, count) for groups of rows, each worked on in several passes
// over values that should stay in the nearest cache in between.
template <typename Body>
void ForEachGroup(int64_t rows, int64_t row_bytes, const Body& body) {
  constexpr int64_t kGroupBytes = 16 << 10;
  const int64_t size = std::max<int64_t>(kGroupBytes / row_bytes, 1);
  for (int64_t first = 0; first < rows; first += size) {
    body(first, std::min(size, rows - first));
  }
}

}  // namespace

template <typename T>
void LayerNormForward(const Tensor<T>& input, const Tensor<T>& weight,
                      const Tensor<T>& bias, double epsilon,
                      RowMoments& moments, Tensor<T>& output) {
  const int64_t rows =
      NumRows("LayerNormForward", input.shape(), weight.shape());
  MINIDL_CHECK(bias.shape() == weight.shape(), "LayerNormForward: bias ",
               bias.shape().ToString(), " for weight ",
               weight.shape().ToString());
  moments.mean.ResizeTo(rows);
  moments.inverse_deviation.ResizeTo(rows);
  output.Resize(input.shape());
  const int64_t size = weight.size();
  ForEachGroup(
      rows, size * int64_t{sizeof(T)}, [&](int64_t first, int64_t count) {
        double* mean = moments.mean.data() + first;
        double* inverse_deviation = moments.inverse_deviation.data() + first;
        const T* from = input.data() + first * size;
        kernels::Channels group;  // A row is a channel of the only example.
        group.examples = 1;
        group.stride = count * size;
        group.channels = count;
        group.length = size;
        kernels::ChannelMoments(group, from, mean, inverse_deviation);
        for (int64_t i = 0; i < count; ++i) {
          inverse_deviation[i] = 1 / std::sqrt(inverse_deviation[i] + epsilon);
        }
        kernels::LayerNormForward(count, size, from, mean, inverse_deviation,
                                  weight.data(), bias.data(),
                                  output.data() + first * size);
      });
}

template <typename T>
void LayerNormBackward(const Tensor<T>& input, const Tensor<T>& weight,
                       const RowMoments& moments,
                       const Tensor<T>& output_gradient,
                       Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
                       Tensor<T>* input_gradient) {
  const int64_t rows =
      NumRows("LayerNormBackward", input.shape(), weight.shape());
  MINIDL_CHECK(moments.mean.shape().Is(rows) &&
                   moments.inverse_deviation.shape().Is(rows),
               "LayerNormBackward: moments ", moments.mean.shape().ToString(),
               " and ", moments.inverse_deviation.shape().ToString(), " for ",
               rows, " rows");
  MINIDL_CHECK(output_gradient.shape() == input.shape(),
               "LayerNormBackward: output gradient ",
               output_gradient.shape().ToString(), " for input ",
               input.shape().ToString());
  MINIDL_CHECK(weight_gradient.shape() == weight.shape() &&
                   bias_gradient.shape() == weight.shape(),
               "LayerNormBackward: gradients ",
               weight_gradient.shape().ToString(), " and ",
               bias_gradient.shape().ToString(), " for weight ",
               weight.shape().ToString());
  if (input_gradient != nullptr) input_gradient->Resize(input.shape());
  const int64_t size = weight.size();
  ForEachGroup(
      rows, size * int64_t{sizeof(T)}, [&](int64_t first, int64_t count) {
        const int64_t start = first * size;
        const double* mean = moments.mean.data() + first;
        const double* inverse_deviation =
            moments.inverse_deviation.data() + first;
        kernels::LayerNormWeightGradients(
            count, size, input.data() + start, mean, inverse_deviation,
            output_gradient.data() + start, weight_gradient.data(),
            bias_gradient.data());
        if (input_gradient == nullptr) return;
        kernels::LayerNormInputGradient(count, size, input.data() + start, mean,
                                        inverse_deviation, weight.data(),
                                        output_gradient.data() + start,
                                        input_gradient->data() + start);
      });
}

#define MINIDL_INSTANTIATE(T)                                           \
  template void LayerNormForward(const Tensor<T>&, const Tensor<T>&,    \
                                 const Tensor<T>&, double, RowMoments&, \
                                 Tensor<T>&);                           \
  template void LayerNormBackward(const Tensor<T>&, const Tensor<T>&,   \
                                  const RowMoments&, const Tensor<T>&,  \
                                  Tensor<T>&, Tensor<T>&, Tensor<T>*);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
