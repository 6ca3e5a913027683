#include "tensor/batch_norm.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/batch_norm.h"
#include "tensor/normalization.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// All channels of a batch N×C×....
kernels::Channels AllChannels(const Shape& shape) {
  kernels::Channels channels;
  channels.examples = shape[0];
  channels.channels = shape[1];
  channels.stride = shape.WithoutOuter().num_elements();
  channels.length = shape[1] == 0 ? 0 : channels.stride / shape[1];
  return channels;
}

void CheckInput(const char* operation, const Shape& input, const Shape& weight,
                const Shape& bias) {
  MINIDL_CHECK(input.rank() >= 2, operation, ": input ", input.ToString(),
               " is not N×C or N×C×...");
  MINIDL_CHECK(weight == Shape({input[1]}) && bias == weight, operation,
               ": weight ", weight.ToString(), " and bias ", bias.ToString(),
               " for input ", input.ToString());
}

// Channels are worked on in groups, each in a few passes over values that
// should be in the second cache from the first one on.
//
// 100 examples of 32 channels of 12×12 values take 149 µs forward and 224 µs
// backward with AVX-512 on Sapphire Rapids, 25 GB/s of input, gradient and
// output; ReLU, of the same size and as fast as memory there, takes 119 and
// 187, and PyTorch 1.13's BatchNorm2d 617 and 295. In groups of 1 MB the way
// back takes 282 µs; a kernel that finishes a channel before the next, 204 and
// 267. 64 channels of 6×6 take 73 and 112 µs.
constexpr int64_t kMaxGroup = 16;
constexpr int64_t kGroupBytes = 256 << 10;

// A number for each of a group's channels.
template <typename T>
using OfGroup = std::array<T, kMaxGroup>;

// Calls body(first, group) for the groups of the channels of a batch, each with
// the number of its first channel.
template <typename T, typename Body>
void ForEachGroup(const Tensor<T>& batch, const Body& body) {
  const kernels::Channels all = AllChannels(batch.shape());
  // Of one value each, channels are the lanes of vectors.
  const int64_t smallest = all.length == 1 ? kMaxGroup : 1;
  const int64_t channel_bytes = all.size() * int64_t{sizeof(T)};
  const int64_t size = std::clamp(
      kGroupBytes / std::max<int64_t>(channel_bytes, 1), smallest, kMaxGroup);
  for (int64_t first = 0; first < all.channels; first += size) {
    kernels::Channels group = all;
    group.channels = std::min(size, all.channels - first);
    body(first, group);
  }
}

Normalization NormalizationOf(const ChannelMoments& moments, int64_t channel,
                              double epsilon) {
  return {moments.mean.data()[channel], moments.variance.data()[channel],
          epsilon};
}

// The output for a group of channels.
template <typename T>
void Normalize(const kernels::Channels& group, int64_t first,
               const Tensor<T>& input, const Tensor<T>& weight,
               const Tensor<T>& bias, double epsilon,
               const ChannelMoments& moments, Tensor<T>& output) {
  OfGroup<T> center, scale, shift;
  for (int64_t i = 0; i < group.channels; ++i) {
    const int64_t c = first + i;
    const auto at = static_cast<size_t>(i);
    const NormalizationMap<T> map(NormalizationOf(moments, c, epsilon),
                                  weight.data()[c], bias.data()[c]);
    center[at] = map.center;
    scale[at] = map.scale;
    shift[at] = map.shift;
  }
  const int64_t start = first * group.length;
  kernels::MapChannels(group, input.data() + start, center.data(), scale.data(),
                       shift.data(), output.data() + start);
}

void CheckMoments(const char* operation, const ChannelMoments& moments,
                  const Shape& weight) {
  MINIDL_CHECK(
      moments.mean.shape() == weight && moments.variance.shape() == weight,
      operation, ": moments ", moments.mean.shape().ToString(), " and ",
      moments.variance.shape().ToString(), " for weight ", weight.ToString());
}

// `of_input` is whether the moments are those of the input.
template <typename T>
void Backward(const char* operation, bool of_input, const Tensor<T>& input,
              const Tensor<T>& weight, double epsilon,
              const ChannelMoments& moments, const Tensor<T>& output_gradient,
              Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
              Tensor<T>* input_gradient) {
  CheckInput(operation, input.shape(), weight.shape(), weight.shape());
  CheckMoments(operation, moments, weight.shape());
  MINIDL_CHECK(output_gradient.shape() == input.shape(), operation,
               ": output gradient ", output_gradient.shape().ToString(),
               " for input ", input.shape().ToString());
  MINIDL_CHECK(weight_gradient.shape() == weight.shape() &&
                   bias_gradient.shape() == weight.shape(),
               operation, ": gradients ", weight_gradient.shape().ToString(),
               " and ", bias_gradient.shape().ToString(), " for weight ",
               weight.shape().ToString());
  if (input_gradient != nullptr) input_gradient->Resize(input.shape());
  ForEachGroup(input, [&](int64_t first, const kernels::Channels& group) {
    const int64_t start = first * group.length;
    OfGroup<double> sums, products;
    kernels::ChannelGradientSums(
        group, input.data() + start, moments.mean.data() + first,
        output_gradient.data() + start, sums.data(), products.data());
    OfGroup<T> center, gradient_scale, input_scale, shift;
    for (int64_t i = 0; i < group.channels; ++i) {
      const int64_t c = first + i;
      const auto at = static_cast<size_t>(i);
      const Normalization normalization = NormalizationOf(moments, c, epsilon);
      bias_gradient.data()[c] += static_cast<T>(sums[at]);
      weight_gradient.data()[c] +=
          static_cast<T>(products[at] * normalization.inverse_deviation());
      const NormalizationGradientMap<T> map(
          normalization, weight.data()[c],
          {sums[at], products[at], static_cast<double>(group.size())});
      center[at] = map.center;
      gradient_scale[at] = map.gradient_scale;
      input_scale[at] = map.input_scale;
      shift[at] = map.shift;
    }
    if (input_gradient == nullptr) return;
    if (of_input) {
      kernels::MapChannelGradients(
          group, input.data() + start, center.data(),
          output_gradient.data() + start, gradient_scale.data(),
          input_scale.data(), shift.data(), input_gradient->data() + start);
    } else {
      const OfGroup<T> zero = {};
      kernels::MapChannels(group, output_gradient.data() + start, zero.data(),
                           gradient_scale.data(), zero.data(),
                           input_gradient->data() + start);
    }
  });
}

}  // namespace

int64_t ValuesPerChannel(const Shape& batch) {
  MINIDL_CHECK(batch.rank() >= 2, "ValuesPerChannel: batch ", batch.ToString(),
               " is not N×C or N×C×...");
  return AllChannels(batch).size();
}

template <typename T>
void BatchNormForward(const Tensor<T>& input, const Tensor<T>& weight,
                      const Tensor<T>& bias, double epsilon,
                      ChannelMoments& moments, Tensor<T>& output) {
  CheckInput("BatchNormForward", input.shape(), weight.shape(), bias.shape());
  MINIDL_CHECK(ValuesPerChannel(input.shape()) > 0, "BatchNormForward: input ",
               input.shape().ToString(), " has no values");
  moments.mean.Resize(weight.shape());
  moments.variance.Resize(weight.shape());
  output.Resize(input.shape());
  ForEachGroup(input, [&](int64_t first, const kernels::Channels& group) {
    kernels::ChannelMoments(group, input.data() + first * group.length,
                            moments.mean.data() + first,
                            moments.variance.data() + first);
    Normalize(group, first, input, weight, bias, epsilon, moments, output);
  });
}

template <typename T>
void BatchNormEvaluate(const Tensor<T>& input, const Tensor<T>& weight,
                       const Tensor<T>& bias, double epsilon,
                       const ChannelMoments& moments, Tensor<T>& output) {
  CheckInput("BatchNormEvaluate", input.shape(), weight.shape(), bias.shape());
  CheckMoments("BatchNormEvaluate", moments, weight.shape());
  output.Resize(input.shape());
  ForEachGroup(input, [&](int64_t first, const kernels::Channels& group) {
    Normalize(group, first, input, weight, bias, epsilon, moments, output);
  });
}

template <typename T>
void BatchNormBackward(const Tensor<T>& input, const Tensor<T>& weight,
                       double epsilon, const ChannelMoments& moments,
                       const Tensor<T>& output_gradient,
                       Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
                       Tensor<T>* input_gradient) {
  Backward("BatchNormBackward", /*of_input=*/true, input, weight, epsilon,
           moments, output_gradient, weight_gradient, bias_gradient,
           input_gradient);
}

template <typename T>
void BatchNormEvaluateBackward(const Tensor<T>& input, const Tensor<T>& weight,
                               double epsilon, const ChannelMoments& moments,
                               const Tensor<T>& output_gradient,
                               Tensor<T>& weight_gradient,
                               Tensor<T>& bias_gradient,
                               Tensor<T>* input_gradient) {
  Backward("BatchNormEvaluateBackward", /*of_input=*/false, input, weight,
           epsilon, moments, output_gradient, weight_gradient, bias_gradient,
           input_gradient);
}

#define MINIDL_INSTANTIATE(T)                                                 \
  template void BatchNormForward(const Tensor<T>&, const Tensor<T>&,          \
                                 const Tensor<T>&, double, ChannelMoments&,   \
                                 Tensor<T>&);                                 \
  template void BatchNormEvaluate(const Tensor<T>&, const Tensor<T>&,         \
                                  const Tensor<T>&, double,                   \
                                  const ChannelMoments&, Tensor<T>&);         \
  template void BatchNormBackward(const Tensor<T>&, const Tensor<T>&, double, \
                                  const ChannelMoments&, const Tensor<T>&,    \
                                  Tensor<T>&, Tensor<T>&, Tensor<T>*);        \
  template void BatchNormEvaluateBackward(                                    \
      const Tensor<T>&, const Tensor<T>&, double, const ChannelMoments&,      \
      const Tensor<T>&, Tensor<T>&, Tensor<T>&, Tensor<T>*);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
