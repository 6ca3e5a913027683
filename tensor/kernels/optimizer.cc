#include "tensor/kernels/optimizer.h"

#include <cstdint>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/optimizer.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/part-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

HWY_INLINE V Set(double value) {
  return hn::Set(D(), static_cast<float>(value));
}

// The gradient with what weight decay adds to it. Without, it is the same
// number and no operation.
template <bool kDecay>
HWY_INLINE V Decayed(V gradient, V decay, V parameter) {
  return kDecay ? hn::MulAdd(decay, parameter, gradient) : gradient;
}

template <bool kDecay>
HWY_INLINE void SgdSteps(int64_t n, const SgdStepOptions& options,
                         const float* gradient, float* parameter) {
  const D d;
  const V rate = Set(options.learning_rate);
  const V decay = Set(options.weight_decay);
  ForEachVector(d, n, [=](int64_t i, int64_t count) HWY_ATTR {
    const V p = LoadPart(d, parameter + i, count);
    const V g = Decayed<kDecay>(LoadPart(d, gradient + i, count), decay, p);
    StorePart(hn::NegMulAdd(rate, g, p), d, parameter + i, count);
  });
}

void SgdStep(int64_t n, const SgdStepOptions& options, const float* gradient,
             float* parameter) {
  if (options.weight_decay == 0) {
    SgdSteps<false>(n, options, gradient, parameter);
  } else {
    SgdSteps<true>(n, options, gradient, parameter);
  }
}

template <bool kDecay, bool kNesterov>
HWY_INLINE void SgdMomentumSteps(int64_t n, const SgdStepOptions& options,
                                 const float* gradient, float* velocity,
                                 float* parameter) {
  const D d;
  const V rate = Set(options.learning_rate);
  const V decay = Set(options.weight_decay);
  const V momentum = Set(options.momentum);
  const V rest = Set(1 - options.dampening);
  ForEachVector(d, n, [=](int64_t i, int64_t count) HWY_ATTR {
    const V p = LoadPart(d, parameter + i, count);
    const V g = Decayed<kDecay>(LoadPart(d, gradient + i, count), decay, p);
    const V v = hn::MulAdd(momentum, LoadPart(d, velocity + i, count),
                           hn::Mul(rest, g));
    const V step = kNesterov ? hn::MulAdd(momentum, v, g) : v;
    StorePart(v, d, velocity + i, count);
    StorePart(hn::NegMulAdd(rate, step, p), d, parameter + i, count);
  });
}

void SgdMomentumStep(int64_t n, const SgdStepOptions& options,
                     const float* gradient, float* velocity, float* parameter) {
  const auto steps = options.weight_decay == 0
                         ? (options.nesterov ? SgdMomentumSteps<false, true>
                                             : SgdMomentumSteps<false, false>)
                         : (options.nesterov ? SgdMomentumSteps<true, true>
                                             : SgdMomentumSteps<true, false>);
  steps(n, options, gradient, velocity, parameter);
}

// A multiplication by the correction's inverse, one division and one square
// root: these two, which a core does one after the other, take most of the
// time. 625 parameters take 0.26 µs with AVX-512 on Sapphire Rapids and w1's
// 70,906 take 28 µs; 1.6 and 180 one number at a time.
template <bool kDecay>
HWY_INLINE void AdamSteps(int64_t n, const AdamStepOptions& options,
                          const float* gradient, float* first_moment,
                          float* second_moment, float* parameter) {
  const D d;
  const V beta1 = Set(options.beta1);
  const V beta2 = Set(options.beta2);
  // Of the doubles: 1 - 0.999f is 1.3e-5 of itself away from 0.001.
  const V rest1 = Set(1 - options.beta1);
  const V rest2 = Set(1 - options.beta2);
  const V epsilon = Set(options.epsilon);
  const V step_size = Set(options.step_size);
  const V correction = Set(1 / options.second_moment_correction);
  const V decay = Set(options.weight_decay);
  const V factor = Set(options.parameter_factor);
  ForEachVector(d, n, [=](int64_t i, int64_t count) HWY_ATTR {
    const V p = LoadPart(d, parameter + i, count);
    const V g = Decayed<kDecay>(LoadPart(d, gradient + i, count), decay, p);
    const V m = hn::MulAdd(beta1, LoadPart(d, first_moment + i, count),
                           hn::Mul(rest1, g));
    const V v = hn::MulAdd(beta2, LoadPart(d, second_moment + i, count),
                           hn::Mul(hn::Mul(rest2, g), g));
    const V step = hn::Div(hn::Mul(step_size, m),
                           hn::MulAdd(hn::Sqrt(v), correction, epsilon));
    StorePart(m, d, first_moment + i, count);
    StorePart(v, d, second_moment + i, count);
    StorePart(hn::MulSub(factor, p, step), d, parameter + i, count);
  });
}

void AdamStep(int64_t n, const AdamStepOptions& options, const float* gradient,
              float* first_moment, float* second_moment, float* parameter) {
  const auto steps =
      options.weight_decay == 0 ? AdamSteps<false> : AdamSteps<true>;
  steps(n, options, gradient, first_moment, second_moment, parameter);
}

// What is left out costs a branch that always goes the same way, beside a
// division and a square root: 70,906 parameters take 27 µs with AVX-512 on
// Sapphire Rapids, as Adam's do.
void RmspropStep(int64_t n, const RmspropStepOptions& options,
                 const float* gradient, float* mean_square, float* mean,
                 float* velocity, float* parameter) {
  const D d;
  const V alpha = Set(options.alpha);
  const V rest = Set(1 - options.alpha);
  const V epsilon = Set(options.epsilon);
  const V rate = Set(options.learning_rate);
  const V momentum = Set(options.momentum);
  const V decay = Set(options.weight_decay);
  const bool decays = options.weight_decay != 0;
  ForEachVector(d, n, [=](int64_t i, int64_t count) HWY_ATTR {
    const V p = LoadPart(d, parameter + i, count);
    V g = LoadPart(d, gradient + i, count);
    if (decays) g = hn::MulAdd(decay, p, g);
    V square = hn::MulAdd(alpha, LoadPart(d, mean_square + i, count),
                          hn::Mul(hn::Mul(rest, g), g));
    StorePart(square, d, mean_square + i, count);
    if (mean != nullptr) {
      const V m =
          hn::MulAdd(alpha, LoadPart(d, mean + i, count), hn::Mul(rest, g));
      StorePart(m, d, mean + i, count);
      // Where the gradient hardly changes, roundings may make it negative.
      const V variance = hn::NegMulAdd(m, m, square);
      square = hn::IfThenZeroElse(hn::Lt(variance, hn::Zero(d)), variance);
    }
    V step = hn::Div(g, hn::Add(hn::Sqrt(square), epsilon));
    if (velocity != nullptr) {
      step = hn::MulAdd(momentum, LoadPart(d, velocity + i, count), step);
      StorePart(step, d, velocity + i, count);
    }
    StorePart(hn::NegMulAdd(rate, step, p), d, parameter + i, count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(SgdStep);
HWY_EXPORT(SgdMomentumStep);
HWY_EXPORT(AdamStep);
HWY_EXPORT(RmspropStep);

void SgdStep(int64_t n, const SgdStepOptions& options, const float* gradient,
             float* parameter) {
  HWY_DYNAMIC_DISPATCH(SgdStep)(n, options, gradient, parameter);
}

void SgdMomentumStep(int64_t n, const SgdStepOptions& options,
                     const float* gradient, float* velocity, float* parameter) {
  HWY_DYNAMIC_DISPATCH(SgdMomentumStep)
  (n, options, gradient, velocity, parameter);
}

void AdamStep(int64_t n, const AdamStepOptions& options, const float* gradient,
              float* first_moment, float* second_moment, float* parameter) {
  HWY_DYNAMIC_DISPATCH(AdamStep)
  (n, options, gradient, first_moment, second_moment, parameter);
}

void RmspropStep(int64_t n, const RmspropStepOptions& options,
                 const float* gradient, float* mean_square, float* mean,
                 float* velocity, float* parameter) {
  HWY_DYNAMIC_DISPATCH(RmspropStep)
  (n, options, gradient, mean_square, mean, velocity, parameter);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
