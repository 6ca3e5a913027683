#include "tensor/kernels/layer_norm.h"

#include <cstdint>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/layer_norm.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/part-inl.h"
#include "tensor/kernels/sum-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Sums are in double; DPart's vectors have as many lanes, of float.
using D = hn::CappedTag<float, 16>;
using DSum = hn::CappedTag<double, 16>;
using VSum = hn::Vec<DSum>;
using DPart = hn::Rebind<float, DSum>;

// Normalises vectors of a row. Large means cancel before anything is rounded:
// what the nearest float lacks to the mean is in the shift.
template <class DF>
class Normalizer {
 public:
  HWY_INLINE Normalizer(double mean, double inverse_deviation) {
    const DF d;
    const auto center = static_cast<float>(mean);
    center_ = hn::Set(d, center);
    scale_ = hn::Set(d, static_cast<float>(inverse_deviation));
    shift_ = hn::Set(
        d, static_cast<float>((double{center} - mean) * inverse_deviation));
  }

  HWY_INLINE hn::Vec<DF> operator()(hn::Vec<DF> x) const {
    return hn::MulAdd(hn::Sub(x, center_), scale_, shift_);
  }

 private:
  hn::Vec<DF> center_;
  hn::Vec<DF> scale_;
  hn::Vec<DF> shift_;
};

void LayerNormForward(int64_t rows, int64_t size, const float* input,
                      const double* mean, const double* inverse_deviation,
                      const float* weight, const float* bias, float* output) {
  const D d;
  for (int64_t row = 0; row < rows; ++row) {
    const Normalizer<D> normalize(mean[row], inverse_deviation[row]);
    ForEachVector(d, size, [&](int64_t i, int64_t count) HWY_ATTR {
      const auto z = normalize(LoadPart(d, input + i, count));
      StorePart(hn::MulAdd(z, LoadPart(d, weight + i, count),
                           LoadPart(d, bias + i, count)),
                d, output + i, count);
    });
    input += size;
    output += size;
  }
}

void LayerNormWeightGradients(int64_t rows, int64_t size, const float* input,
                              const double* mean,
                              const double* inverse_deviation,
                              const float* output_gradient,
                              float* weight_gradient, float* bias_gradient) {
  const D d;
  for (int64_t row = 0; row < rows; ++row) {
    const Normalizer<D> normalize(mean[row], inverse_deviation[row]);
    ForEachVector(d, size, [&](int64_t i, int64_t count) HWY_ATTR {
      const auto z = normalize(LoadPart(d, input + i, count));
      const auto gradient = LoadPart(d, output_gradient + i, count);
      const auto weights = LoadPart(d, weight_gradient + i, count);
      const auto biases = LoadPart(d, bias_gradient + i, count);
      StorePart(hn::MulAdd(gradient, z, weights), d, weight_gradient + i,
                count);
      StorePart(hn::Add(biases, gradient), d, bias_gradient + i, count);
    });
    input += size;
    output_gradient += size;
  }
}

void LayerNormInputGradient(int64_t rows, int64_t size, const float* input,
                            const double* mean, const double* inverse_deviation,
                            const float* weight, const float* output_gradient,
                            float* input_gradient) {
  const D d;
  const DSum d_sum;
  const DPart d_part;
  for (int64_t row = 0; row < rows; ++row) {
    const double scale = inverse_deviation[row];
    const Normalizer<DPart> normalize_part(mean[row], scale);
    VSum sums[kSumVectors<DSum>];
    VSum products[kSumVectors<DSum>];
    for (auto& sum : sums) sum = hn::Zero(d_sum);
    for (auto& sum : products) sum = hn::Zero(d_sum);
    ForEachTerms(d_sum, size, [&](int v, int64_t i, int64_t count) HWY_ATTR {
      const auto z = normalize_part(LoadPart(d_part, input + i, count));
      const auto g = hn::PromoteTo(
          d_sum, hn::Mul(LoadPart(d_part, output_gradient + i, count),
                         LoadPart(d_part, weight + i, count)));
      sums[v] = hn::Add(sums[v], g);
      products[v] = hn::MulAdd(g, hn::PromoteTo(d_sum, z), products[v]);
    });
    const double factor = -scale / static_cast<double>(size);
    const auto scales = hn::Set(d, static_cast<float>(scale));
    const auto shifts =
        hn::Set(d, static_cast<float>(factor * FoldSums(d_sum, sums)));
    const auto slopes =
        hn::Set(d, static_cast<float>(factor * FoldSums(d_sum, products)));
    const Normalizer<D> normalize(mean[row], scale);
    ForEachVector(d, size, [&](int64_t i, int64_t count) HWY_ATTR {
      const auto z = normalize(LoadPart(d, input + i, count));
      const auto g = hn::Mul(LoadPart(d, output_gradient + i, count),
                             LoadPart(d, weight + i, count));
      StorePart(hn::MulAdd(g, scales, hn::MulAdd(z, slopes, shifts)), d,
                input_gradient + i, count);
    });
    input += size;
    output_gradient += size;
    input_gradient += size;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(LayerNormForward);
HWY_EXPORT(LayerNormWeightGradients);
HWY_EXPORT(LayerNormInputGradient);

void LayerNormForward(int64_t rows, int64_t size, const float* input,
                      const double* mean, const double* inverse_deviation,
                      const float* weight, const float* bias, float* output) {
  HWY_DYNAMIC_DISPATCH(LayerNormForward)
  (rows, size, input, mean, inverse_deviation, weight, bias, output);
}

void LayerNormWeightGradients(int64_t rows, int64_t size, const float* input,
                              const double* mean,
                              const double* inverse_deviation,
                              const float* output_gradient,
                              float* weight_gradient, float* bias_gradient) {
  HWY_DYNAMIC_DISPATCH(LayerNormWeightGradients)
  (rows, size, input, mean, inverse_deviation, output_gradient, weight_gradient,
   bias_gradient);
}

void LayerNormInputGradient(int64_t rows, int64_t size, const float* input,
                            const double* mean, const double* inverse_deviation,
                            const float* weight, const float* output_gradient,
                            float* input_gradient) {
  HWY_DYNAMIC_DISPATCH(LayerNormInputGradient)
  (rows, size, input, mean, inverse_deviation, weight, output_gradient,
   input_gradient);
}

void LayerNormForward(int64_t rows, int64_t size, const double* input,
                      const double* mean, const double* inverse_deviation,
                      const double* weight, const double* bias,
                      double* output) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < size; ++i) {
      const double z = (*input++ - mean[row]) * inverse_deviation[row];
      *output++ = weight[i] * z + bias[i];
    }
  }
}

void LayerNormWeightGradients(int64_t rows, int64_t size, const double* input,
                              const double* mean,
                              const double* inverse_deviation,
                              const double* output_gradient,
                              double* weight_gradient, double* bias_gradient) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < size; ++i) {
      const double z = (*input++ - mean[row]) * inverse_deviation[row];
      weight_gradient[i] += *output_gradient * z;
      bias_gradient[i] += *output_gradient++;
    }
  }
}

void LayerNormInputGradient(int64_t rows, int64_t size, const double* input,
                            const double* mean, const double* inverse_deviation,
                            const double* weight, const double* output_gradient,
                            double* input_gradient) {
  const auto count = static_cast<double>(size);
  for (int64_t row = 0; row < rows; ++row) {
    double g_mean = 0;
    double product_mean = 0;
    for (int64_t i = 0; i < size; ++i) {
      const double z = (input[i] - mean[row]) * inverse_deviation[row];
      const double g = weight[i] * output_gradient[i];
      g_mean += g / count;
      product_mean += g * z / count;
    }
    for (int64_t i = 0; i < size; ++i) {
      const double z = (input[i] - mean[row]) * inverse_deviation[row];
      const double g = weight[i] * output_gradient[i];
      input_gradient[i] =
          inverse_deviation[row] * (g - g_mean - z * product_mean);
    }
    input += size;
    output_gradient += size;
    input_gradient += size;
  }
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
