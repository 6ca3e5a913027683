#include "tensor/kernels/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/cross_entropy.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "hwy/contrib/math/math-inl.h"
#include "tensor/kernels/exp-inl.h"
#include "tensor/kernels/part-inl.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_ONCE_
#define MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_ONCE_
namespace minidl::kernels {
inline constexpr int64_t kMaxLanes = 16;
}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kMaxLanes>;
using V = hn::Vec<D>;
constexpr int64_t kLanes = kLanesOf<D>;

// Lanes are rows: a block of them is transposed, so that what is done along a
// row is done for all of them at once, in the order of the classes, and few
// classes waste no lanes. With their gradient, 100 rows of 2 classes take 0.8
// µs and 200 of 10 take 2.3 µs with AVX-512 on Sapphire Rapids: 2.1 and 4.1
// with a row in a vector, 1.7 and 9.8 one number at a time.
double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const float* logits,
                           const int64_t* targets, float* probabilities,
                           float* workspace) {
  const D d;
  const int64_t size = classes * kLanes;
  double loss = 0;
  for (int64_t row = 0; row < rows; row += kLanes) {
    const int64_t count = HWY_MIN(kLanes, rows - row);
    if (count < kLanes) std::fill(workspace, workspace + size, 0.0f);
    Transpose(count, classes, logits, classes, workspace, kLanes);
    // Of logits with a NaN, any number: the sum will be a NaN.
    V largest = hn::LoadU(d, workspace);
    for (int64_t i = kLanes; i < size; i += kLanes) {
      largest = hn::Max(largest, hn::LoadU(d, workspace + i));
    }
    V sum = hn::Zero(d);
    for (int64_t i = 0; i < size; i += kLanes) {
      const V z = hn::LoadU(d, workspace + i);
      const V exp = ExpOfNegative(d, hn::Sub(z, largest));
      sum = hn::Add(sum, exp);
      hn::StoreU(exp, d, workspace + i);
    }
    const V factor = hn::Div(hn::Set(d, 1.0f), sum);
    for (int64_t i = 0; i < size; i += kLanes) {
      const V exp = hn::LoadU(d, workspace + i);
      hn::StoreU(hn::Mul(exp, factor), d, workspace + i);
    }
    Transpose(classes, count, workspace, kLanes, probabilities, classes);

    HWY_ALIGN float target_logits[kLanes] = {};
    for (int64_t i = 0; i < count; ++i) {
      target_logits[i] = logits[i * classes + targets[row + i]];
    }
    const V target = hn::Sub(hn::Load(d, target_logits), largest);
    hn::Store(target, d, target_logits);
    // Sums are at least 1, or a NaN, which Log would not keep.
    HWY_ALIGN float logarithms[kLanes];
    hn::Store(hn::IfThenElse(hn::IsNaN(sum), sum, hn::Log(d, sum)), d,
              logarithms);
    for (int64_t i = 0; i < count; ++i) {
      loss += double{logarithms[i]} - double{target_logits[i]};
    }
    logits += count * classes;
    probabilities += count * classes;
  }
  return loss;
}

void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const float* probabilities,
                                 const int64_t* targets, float scale,
                                 float* gradient) {
  const D d;
  const V factor = hn::Set(d, scale);
  ForEachVector(d, rows * classes, [=](int64_t i, int64_t count) HWY_ATTR {
    const V p = LoadPart(d, probabilities + i, count);
    StorePart(hn::Mul(factor, p), d, gradient + i, count);
  });
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t target = row * classes + targets[row];
    gradient[target] = scale * (probabilities[target] - 1);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(SoftmaxCrossEntropy);
HWY_EXPORT(SoftmaxCrossEntropyGradient);

int64_t SoftmaxCrossEntropyWorkspaceSize(int64_t classes) {
  return classes * kMaxLanes;
}

double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const float* logits,
                           const int64_t* targets, float* probabilities,
                           float* workspace) {
  return HWY_DYNAMIC_DISPATCH(SoftmaxCrossEntropy)(
      rows, classes, logits, targets, probabilities, workspace);
}

void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const float* probabilities,
                                 const int64_t* targets, float scale,
                                 float* gradient) {
  HWY_DYNAMIC_DISPATCH(SoftmaxCrossEntropyGradient)
  (rows, classes, probabilities, targets, scale, gradient);
}

double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const double* logits,
                           const int64_t* targets, double* probabilities,
                           double* /*workspace*/) {
  double loss = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const double largest = *std::max_element(logits, logits + classes);
    double sum = 0;
    for (int64_t j = 0; j < classes; ++j) {
      probabilities[j] = std::exp(logits[j] - largest);
      sum += probabilities[j];
    }
    for (int64_t j = 0; j < classes; ++j) probabilities[j] /= sum;
    loss += std::log(sum) - (logits[targets[row]] - largest);
    logits += classes;
    probabilities += classes;
  }
  return loss;
}

void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const double* probabilities,
                                 const int64_t* targets, double scale,
                                 double* gradient) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t j = 0; j < classes; ++j) {
      gradient[j] = scale * (probabilities[j] - (j == targets[row] ? 1 : 0));
    }
    probabilities += classes;
    gradient += classes;
  }
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
