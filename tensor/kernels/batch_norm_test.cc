#include "tensor/kernels/batch_norm.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl::kernels {
namespace {

using ::testing::Each;
using ::testing::IsNan;

constexpr float kGuard = 77;
// A channel that is not among those worked on, before them and behind.
constexpr int64_t kOther = 1;

// All of what the kernels compute, for float or for double.
template <typename T>
struct Results {
  std::vector<double> mean;
  std::vector<double> variance;
  std::vector<double> gradient_sum;
  std::vector<double> product_sum;
  std::vector<T> output;
  std::vector<T> input_gradient;
};

// Around the mean of random values in [-1, 1) + `shift`.
template <typename T>
Results<T> Compute(const Channels& channels, float shift) {
  const int64_t size = channels.examples * channels.stride;
  const int64_t first = kOther * channels.length;
  const auto input = RandomVector<T>(size, 1, shift);
  const auto gradient = RandomVector<T>(size, 2);
  const auto center = RandomVector<T>(channels.channels, 3, shift);
  const auto scale = RandomVector<T>(channels.channels, 4);
  const auto gradient_scale = RandomVector<T>(channels.channels, 5);
  const auto addend = RandomVector<T>(channels.channels, 6);
  const auto count = static_cast<size_t>(channels.channels);
  Results<T> r;
  for (auto* sums : {&r.mean, &r.variance, &r.gradient_sum, &r.product_sum}) {
    sums->resize(count);
  }
  r.output.assign(static_cast<size_t>(size), kGuard);
  r.input_gradient = r.output;
  if (channels.size() > 0) {
    ChannelMoments(channels, input.data() + first, r.mean.data(),
                   r.variance.data());
  }
  ChannelGradientSums(channels, input.data() + first, r.mean.data(),
                      gradient.data() + first, r.gradient_sum.data(),
                      r.product_sum.data());
  MapChannels(channels, input.data() + first, center.data(), scale.data(),
              addend.data(), r.output.data() + first);
  MapChannelGradients(channels, input.data() + first, center.data(),
                      gradient.data() + first, gradient_scale.data(),
                      scale.data(), addend.data(),
                      r.input_gradient.data() + first);
  return r;
}

Channels Batch(int64_t examples, int64_t channels, int64_t length) {
  return {examples, (channels + 2 * kOther) * length, channels, length};
}

// All remainders of the vectors, and channels as lanes and as runs.
std::vector<Channels> Batches() {
  std::vector<Channels> batches;
  for (const int64_t examples : {1, 2, 7}) {
    for (int64_t length = 2; length <= 34; ++length) {
      batches.push_back(Batch(examples, 2, length));
    }
    batches.push_back(Batch(examples, 3, 144));
    for (int64_t channels = 1; channels <= 34; ++channels) {
      batches.push_back(Batch(examples, channels, 1));
    }
  }
  batches.push_back(Batch(0, 3, 5));
  batches.push_back(Batch(0, 3, 1));
  return batches;
}

template <typename Actual>
void ExpectNear(const Actual& actual, const std::vector<double>& expected,
                double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(actual[i], expected[i], tolerance) << "element " << i;
  }
}

// Those for double are the plain loops of the definitions.
TEST(BatchNormKernelTest, AreTheDefinitions) {
  // Large means must not matter: input - center is exact.
  for (const float shift : {0.0f, 1000.0f}) {
    ForEachTarget([shift] {
      for (const Channels& batch : Batches()) {
        SCOPED_TRACE(testing::Message()
                     << batch.examples << "×" << batch.channels << "×"
                     << batch.length << " + " << shift);
        const auto actual = Compute<float>(batch, shift);
        const auto expected = Compute<double>(batch, shift);
        // Roundings of double, of at most 7 × 144 values up to 1001.
        ExpectNear(actual.mean, expected.mean, 1e-11);
        ExpectNear(actual.variance, expected.variance, 1e-11);
        ExpectNear(actual.gradient_sum, expected.gradient_sum, 1e-12);
        ExpectNear(actual.product_sum, expected.product_sum, 1e-8);
        // Roundings of numbers up to 2, 3 and 4.
        ExpectNear(actual.output,
                   {expected.output.begin(), expected.output.end()}, 0x1p-22);
        ExpectNear(
            actual.input_gradient,
            {expected.input_gradient.begin(), expected.input_gradient.end()},
            0x1p-21);
      }
    });
  }
}

// However far from the others the first value is.
TEST(BatchNormKernelTest, VarianceBearsOutliers) {
  ForEachTarget([] {
    for (const int64_t length : {1, 100}) {
      const Channels batch = {10'000 / length, length, 1, length};
      std::vector<float> input = RandomVector<float>(10'000, 1);
      input[0] = 1e6f;
      double mean = 0;
      double variance = 0;
      ChannelMoments(batch, input.data(), &mean, &variance);
      const std::vector<double> same(input.begin(), input.end());
      double expected_mean = 0;
      double expected_variance = 0;
      ChannelMoments(batch, same.data(), &expected_mean, &expected_variance);
      EXPECT_NEAR(mean / expected_mean, 1, 1e-10);
      EXPECT_NEAR(variance / expected_variance, 1, 1e-10);
    }
  });
}

TEST(BatchNormKernelTest, ConstantsHaveNoVariance) {
  ForEachTarget([] {
    for (const int64_t length : {1, 7}) {
      const Channels batch = {100, 2 * length, 2, length};
      const std::vector<float> input(
          static_cast<size_t>(batch.examples * batch.stride), 0.1f);
      std::vector<double> mean(2), variance(2);
      ChannelMoments(batch, input.data(), mean.data(), variance.data());
      EXPECT_THAT(mean, Each(double{0.1f}));
      EXPECT_THAT(variance, Each(0));
    }
  });
}

TEST(BatchNormKernelTest, NanStaysInItsChannel) {
  ForEachTarget([] {
    for (const int64_t length : {1, 20}) {
      const Channels batch = {3, 2 * length, 2, length};
      std::vector<float> input =
          RandomVector<float>(batch.examples * batch.stride, 1);
      input.back() = std::numeric_limits<float>::quiet_NaN();
      std::vector<double> mean(2), variance(2);
      ChannelMoments(batch, input.data(), mean.data(), variance.data());
      EXPECT_FALSE(std::isnan(mean[0]) || std::isnan(variance[0]));
      EXPECT_THAT(mean[1], IsNan());
      EXPECT_THAT(variance[1], IsNan());
    }
  });
}

// The order that records depend on: of a channel as long as this, 16 running
// sums, of every sixteenth value of each example, of which the later half is
// added to the earlier one until one is left.
TEST(BatchNormKernelTest, SumsHaveOneOrder) {
  constexpr int64_t kExamples = 5, kLength = 37;
  const Channels batch = {kExamples, kLength, 1, kLength};
  const auto gradient = RandomVector<float>(kExamples * kLength, 1);
  std::vector<double> sums(16);
  for (int64_t n = 0; n < kExamples; ++n) {
    for (int64_t i = 0; i < kLength; ++i) {
      sums[i % 16] += gradient[static_cast<size_t>(n * kLength + i)];
    }
  }
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
  }
  ForEachTarget([&] {
    const double mean = 0;
    double sum = 0;
    double product_sum = 0;
    ChannelGradientSums(batch, gradient.data(), &mean, gradient.data(), &sum,
                        &product_sum);
    EXPECT_EQ(sum, sums[0]);
  });
}

TEST(BatchNormKernelTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  for (const Channels& batch : Batches()) {
    ChooseTargets(HWY_AVX2);
    const auto avx2 = Compute<float>(batch, 1);
    ChooseTargets(HWY_AVX3);
    const auto avx512 = Compute<float>(batch, 1);
    ChooseTargets(0);
    EXPECT_EQ(avx2.mean, avx512.mean);
    EXPECT_EQ(avx2.variance, avx512.variance);
    EXPECT_EQ(avx2.gradient_sum, avx512.gradient_sum);
    EXPECT_EQ(avx2.product_sum, avx512.product_sum);
    EXPECT_EQ(avx2.output, avx512.output);
    EXPECT_EQ(avx2.input_gradient, avx512.input_gradient);
  }
}

}  // namespace
}  // namespace minidl::kernels
