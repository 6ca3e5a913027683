#include "tensor/kernels/layer_norm.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl::kernels {
namespace {

constexpr int64_t kRows = 5;

// All of what the kernels compute, for float or for double, each with an
// element behind that must stay as it is.
template <typename T>
struct Results {
  std::vector<T> output;
  std::vector<T> weight_gradient;
  std::vector<T> bias_gradient;
  std::vector<T> input_gradient;
};

// For random values in [-1, 1) + `shift`.
template <typename T>
Results<T> Compute(int64_t size, float shift) {
  const auto input = RandomVector<T>(kRows * size, 1, shift);
  const auto mean = RandomVector<double>(kRows, 2, shift);
  const auto inverse_deviation = RandomVector<double>(kRows, 3, 2);
  const auto weight = RandomVector<T>(size, 4);
  const auto bias = RandomVector<T>(size, 5);
  const auto output_gradient = RandomVector<T>(kRows * size, 6);
  Results<T> r;
  r.output = RandomVector<T>(kRows * size + 1, 7);
  r.weight_gradient = RandomVector<T>(size + 1, 8);
  r.bias_gradient = RandomVector<T>(size + 1, 9);
  r.input_gradient = RandomVector<T>(kRows * size + 1, 10);
  LayerNormForward(kRows, size, input.data(), mean.data(),
                   inverse_deviation.data(), weight.data(), bias.data(),
                   r.output.data());
  LayerNormWeightGradients(kRows, size, input.data(), mean.data(),
                           inverse_deviation.data(), output_gradient.data(),
                           r.weight_gradient.data(), r.bias_gradient.data());
  LayerNormInputGradient(kRows, size, input.data(), mean.data(),
                         inverse_deviation.data(), weight.data(),
                         output_gradient.data(), r.input_gradient.data());
  return r;
}

// All remainders of the vectors, and several vectors.
std::vector<int64_t> Sizes() {
  std::vector<int64_t> sizes = {250};
  for (int64_t size = 1; size <= 50; ++size) sizes.push_back(size);
  return sizes;
}

void ExpectNear(const std::vector<float>& actual,
                const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(actual[i], expected[i], tolerance) << "element " << i;
  }
}

// Those for double are the plain loops of the definitions. A normalised value
// is up to 6, and has a few roundings; the gradients of the weights are sums of
// kRows of them, and the gradient by the input has up to 3 (1 + 6 × 6).
TEST(LayerNormKernelTest, AreTheDefinitions) {
  for (const float shift : {0.0f, 1000.0f}) {
    ForEachTarget([shift] {
      for (const int64_t size : Sizes()) {
        SCOPED_TRACE(testing::Message() << size << " values + " << shift);
        const auto actual = Compute<float>(size, shift);
        const auto expected = Compute<double>(size, shift);
        ExpectNear(actual.output, expected.output, 3 * 0x1p-21);
        ExpectNear(actual.weight_gradient, expected.weight_gradient,
                   kRows * 3 * 0x1p-21);
        ExpectNear(actual.bias_gradient, expected.bias_gradient,
                   kRows * 0x1p-22);
        ExpectNear(actual.input_gradient, expected.input_gradient, 6 * 0x1p-18);
      }
    });
  }
}

TEST(LayerNormKernelTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  for (const int64_t size : Sizes()) {
    ChooseTargets(HWY_AVX2);
    const auto avx2 = Compute<float>(size, 1);
    ChooseTargets(HWY_AVX3);
    const auto avx512 = Compute<float>(size, 1);
    ChooseTargets(0);
    EXPECT_EQ(avx2.output, avx512.output);
    EXPECT_EQ(avx2.weight_gradient, avx512.weight_gradient);
    EXPECT_EQ(avx2.bias_gradient, avx512.bias_gradient);
    EXPECT_EQ(avx2.input_gradient, avx512.input_gradient);
  }
}

}  // namespace
}  // namespace minidl::kernels
