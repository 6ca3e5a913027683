#include "tensor/direct_conv2d.h"

#include <algorithm>
#include <cstdint>

#include "tensor/kernels/direct_conv2d.h"
#include "tensor/kernels/im2col.h"
#include "tensor/tensor.h"

// An image, or a few small ones, at a time: they stay in the second-level
// cache while their channels are moved innermost, convolved, and moved back.

namespace minidl {
namespace {

using kernels::DirectConv2dGeometry;
using kernels::ImageLayout;

// Where the parts of a workspace begin, each at a cache line.
class Parts {
 public:
  int64_t Add(int64_t size) {
    constexpr int64_t kLine = kTensorAlignment / sizeof(float);
    const int64_t start = size_;
    size_ += (size + kLine - 1) / kLine * kLine;
    return start;
  }
  int64_t size() const { return size_; }

 private:
  int64_t size_ = 0;
};

}  // namespace

void DirectConv2dForward(const kernels::Conv2dGeometry& geometry,
                         const Tensor<float>& input,
                         const Tensor<float>& weight, const Tensor<float>& bias,
                         Tensor<float>& output, Tensor<float>& workspace) {
  const int64_t channels = bias.size();
  const DirectConv2dGeometry g = kernels::DirectForward(geometry, channels);
  Parts parts;
  const int64_t weights_start = parts.Add(g.packed_weights_size());
  const int64_t bias_start = parts.Add(g.to.stride);
  const int64_t image_start = parts.Add(g.from.size());
  const int64_t result_start = parts.Add(g.to.size());
  workspace.Resize({parts.size()});
  float* const weights = workspace.data() + weights_start;
  float* const padded_bias = workspace.data() + bias_start;
  float* const image = workspace.data() + image_start;
  float* const result = workspace.data() + result_start;

  kernels::DirectConv2dPackWeights(g, /*backward=*/false, weight.data(),
                                   weights);
  std::fill_n(padded_bias, g.to.stride, 0.0f);
  std::copy_n(bias.data(), channels, padded_bias);
  std::fill_n(image, g.from.size(), 0.0f);  // The border stays.
  for (int64_t n = 0; n < input.shape()[0]; ++n) {
    kernels::TakePlanes(g.from, input.Outer(n).data(), image);
    kernels::DirectConv2d(g, image, weights, padded_bias, result);
    kernels::GivePlanes(g.to, result, output.Outer(n).data());
  }
}

void DirectConv2dBackward(const kernels::Conv2dGeometry& geometry,
                          const Tensor<float>& input,
                          const Tensor<float>& weight,
                          const Tensor<float>& output_gradient,
                          Tensor<float>& weight_gradient,
                          Tensor<float>* input_gradient,
                          Tensor<float>& workspace) {
  const int64_t channels = weight.shape()[0];
  const int64_t batch = input.shape()[0];
  const DirectConv2dGeometry forward =
      kernels::DirectForward(geometry, channels);
  const DirectConv2dGeometry backward =
      kernels::DirectBackward(geometry, channels);
  const ImageLayout& image = forward.from;
  const ImageLayout& gradient = backward.from;
  const int64_t at_a_time = kernels::DirectConv2dImagesAtATime(forward);
  Parts parts;
  const int64_t weights_start = parts.Add(backward.packed_weights_size());
  const int64_t no_bias_start = parts.Add(backward.to.stride);
  const int64_t images_start = parts.Add(at_a_time * image.size());
  const int64_t gradients_start = parts.Add(at_a_time * gradient.size());
  const int64_t result_start = parts.Add(backward.to.size());
  const int64_t sums_start = parts.Add(forward.packed_weights_size());
  const int64_t scratch_start = parts.Add(weight.size());
  workspace.Resize({parts.size()});
  float* const weights = workspace.data() + weights_start;
  float* const no_bias = workspace.data() + no_bias_start;
  float* const images = workspace.data() + images_start;
  float* const gradients = workspace.data() + gradients_start;
  float* const result = workspace.data() + result_start;
  float* const sums = workspace.data() + sums_start;

  if (input_gradient != nullptr) {
    kernels::DirectConv2dPackWeights(backward, /*backward=*/true, weight.data(),
                                     weights);
    std::fill_n(no_bias, backward.to.stride, 0.0f);
  }
  // The borders stay.
  std::fill_n(images, at_a_time * image.size(), 0.0f);
  std::fill_n(gradients, at_a_time * gradient.size(), 0.0f);
  std::fill_n(sums, forward.packed_weights_size(), 0.0f);
  for (int64_t begin = 0; begin < batch; begin += at_a_time) {
    const int64_t count = std::min(at_a_time, batch - begin);
    for (int64_t i = 0; i < count; ++i) {
      kernels::TakePlanes(image, input.Outer(begin + i).data(),
                          images + i * image.size());
      kernels::TakePlanes(gradient, output_gradient.Outer(begin + i).data(),
                          gradients + i * gradient.size());
    }
    kernels::DirectConv2dWeightGradient(forward, gradient, count, images,
                                        gradients, sums);
    if (input_gradient == nullptr) continue;
    for (int64_t i = 0; i < count; ++i) {
      kernels::DirectConv2d(backward, gradients + i * gradient.size(), weights,
                            no_bias, result);
      kernels::GivePlanes(backward.to, result,
                          input_gradient->Outer(begin + i).data());
    }
  }
  kernels::DirectConv2dAddWeightGradient(
      forward, sums, workspace.data() + scratch_start, weight_gradient.data());
}

}  // namespace minidl
