#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/types/span.h"
#include "base/fingerprint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::Pointwise;

template <typename T>
Tensor<T> Uniform(int64_t n, double low, double high, uint64_t seed) {
  Tensor<T> tensor({n});
  Generator generator(seed);
  FillUniform(low, high, generator, tensor);
  return tensor;
}

template <typename T>
Tensor<T> Normal(int64_t n, double mean, double deviation, uint64_t seed) {
  Tensor<T> tensor({n});
  Generator generator(seed);
  FillNormal(mean, deviation, generator, tensor);
  return tensor;
}

// The expected numbers were printed by PyTorch 1.13 (Debian 12's python3-torch,
// ATen's AVX2 code), each after torch.manual_seed(0) unless another seed is
// named, as [x.hex() for x in ....tolist()].

TEST(RandomTest, PermutationIsPyTorchs) {
  Generator generator(0);
  // torch.randperm(10)
  EXPECT_THAT(RandomPermutation(10, generator).values(),
              ElementsAre(4, 1, 7, 5, 3, 9, 0, 8, 6, 2));

  // torch.manual_seed(42); p = torch.randperm(60000); p[:6], p[-3:]
  Generator generator42(42);
  const Tensor<int64_t> permutation = RandomPermutation(60000, generator42);
  EXPECT_THAT(permutation.values().subspan(0, 6),
              ElementsAre(37542, 43087, 2992, 25810, 39634, 6425));
  EXPECT_THAT(permutation.values().subspan(60000 - 3),
              ElementsAre(28045, 16929, 22100));
}

TEST(RandomTest, PermutationHoldsEveryNumberOnce) {
  for (const int64_t n : {0, 1, 2, 1000}) {
    Generator generator(5);
    Tensor<int64_t> permutation = RandomPermutation(n, generator);
    std::sort(permutation.values().begin(), permutation.values().end());
    std::vector<int64_t> expected(n);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(permutation.values(), absl::MakeConstSpan(expected));
  }
}

TEST(RandomTest, UniformIsPyTorchsToTheBit) {
  // torch.empty(5).uniform_()
  EXPECT_THAT(Uniform<float>(5, 0, 1, 0).values(),
              ElementsAre(0x1.fc2abp-2f, 0x1.89545ep-1f, 0x1.6a675p-4f,
                          0x1.0e66p-3f, 0x1.3acd0cp-2f));
  // torch.empty(5).uniform_(-.3, .7)
  EXPECT_THAT(Uniform<float>(5, -.3, .7, 0).values(),
              ElementsAre(0x1.91eef8p-3f, 0x1.df7588p-2f, -0x1.b132cp-3f,
                          -0x1.580068p-3f, 0x1.e676p-8f));
  // torch.empty(3, dtype=torch.double).uniform_(-1, 2)
  EXPECT_THAT(Uniform<double>(3, -1, 2, 0).values(),
              ElementsAre(0x1.e9002e3a6ff46p+0, 0x1.1f9b0c432b32p+0,
                          0x1.8339725cdf1e2p-2));
}

TEST(RandomTest, UniformNumbersComeInTheGeneratorsOrder) {
  // More than are drawn at a time, from the middle of the generator's state.
  Generator together(3);
  Generator alone(3);
  Tensor<float> numbers({2000});
  Tensor<float> number({1});
  FillUniform(-1, 2, together, number);
  FillUniform(-1, 2, alone, number);
  FillUniform(-1, 2, together, numbers);
  for (const float expected : numbers.values()) {
    FillUniform(-1, 2, alone, number);
    ASSERT_EQ(number(0), expected);
  }
}

TEST(RandomTest, DropoutComparesUniformNumbers) {
  const Tensor<float> uniform = Uniform<float>(1000, 0, 1, 7);
  Generator generator(7);
  Tensor<float> factors({1000});
  FillDropout(0.25, generator, factors);
  for (int64_t i = 0; i < uniform.size(); ++i) {
    ASSERT_EQ(factors(i), uniform(i) < 0.25f ? 0.0f : 4.0f / 3);
  }
}

TEST(RandomTest, FewNormalNumbersArePyTorchs) {
  // torch.empty(5).normal_()
  EXPECT_THAT(Normal<float>(5, 0, 1, 0).values(),
              ElementsAre(0x1.8a7eb8p+0f, -0x1.2c78ap-2f, -0x1.16e292p+1f,
                          0x1.23096cp-1f, -0x1.15a342p+0f));
  // torch.empty(5, dtype=torch.double).normal_()
  EXPECT_THAT(Normal<double>(5, 0, 1, 0).values(),
              ElementsAre(0x1.8a7eb8902be3ap+0, -0x1.2c78a087c6feap-2,
                          -0x1.16e2920a70ee5p+1, 0x1.23096ca3e350dp-1,
                          -0x1.15a341987e136p+0));
}

TEST(RandomTest, SixteenAndMoreNormalNumbersArePyTorchs) {
  // torch.empty(16).normal_()
  const std::vector<float> sixteen = {
      -0x1.20370ap+0f, -0x1.270114p+0f, -0x1.0097acp-2f, -0x1.bc4abap-2f,
      0x1.b28a2ap-1f,  0x1.624f06p-1f,  -0x1.4398dap-2f, -0x1.0ebf82p+1f,
      0x1.4a027p-2f,   -0x1.4369e8p+0f, 0x1.6661fep-2f,  0x1.3b8776p-2f,
      0x1.eadeeep-4f,  0x1.3cd726p+0f,  0x1.1de51cp+0f,  -0x1.fa6cf8p-3f};
  EXPECT_EQ(Normal<float>(16, 0, 1, 0).values(), absl::MakeConstSpan(sixteen));
  // torch.empty(19).normal_(1, 2): the last block overlaps the first.
  const std::vector<float> nineteen = {
      -0x1.406e14p+0f, -0x1.4e0228p+0f, 0x1.fed0a8p-2f, 0x1.4b235cp+1f,
      0x1.194d8cp+1f,  -0x1.0e1ab6p+1f, 0x1.44e4d8p-2f, 0x1.2d2f4ep+2f,
      0x1.efaa54p+0f,  0x1.5e80ap-1f,   0x1.f193b6p+1f, 0x1.5df0d2p+0f,
      0x1.e3ad8p+1f,   0x1.0b0dp+2f,    0x1.72409cp+1f, -0x1.5fecccp-1f,
      0x1.6e8c3p+1f,   0x1.c24e6ep+1f,  0x1.40a334p+2f};
  EXPECT_EQ(Normal<float>(19, 1, 2, 0).values(), absl::MakeConstSpan(nineteen));
  // torch.empty(17, dtype=torch.double).normal_(1, 2)
  const std::vector<double> seventeen = {
      -0x1.cf7725d24c5b8p+1, -0x1.10f24733c9008p-2, -0x1.8597ea9e11f1cp+0,
      -0x1.d0cbb7eae841cp-2, 0x1.eb8e5c3f1d0ddp-1,  0x1.6bac6d5cada81p+0,
      0x1.5ab8900aded8bp+0,  -0x1.52713a105283ap-1, 0x1.7a3940d99805bp+0,
      0x1.077f0e53b3f2ap-1,  -0x1.179044adb2eb6p-1, -0x1.185dd0627b1fp+1,
      -0x1.7efbcaf12f8ecp-2, 0x1.fcf270386ca66p+1,  0x1.a693e5f827478p-4,
      -0x1.90631982c7bcap-1, 0x1.2cc376c731f4cp+1};
  EXPECT_THAT(Normal<double>(17, 1, 2, 0).values(),
              Pointwise(testing::DoubleNear(1e-14), seventeen));
}

TEST(RandomTest, ManyNormalNumbersArePyTorchs) {
  // FNV-1a of the bytes of torch.empty(100_003).normal_(0.5, 3).
  Fingerprint fingerprint;
  const Tensor<float> many = Normal<float>(100'003, 0.5, 3, 0);
  fingerprint.Add(many.values());
  EXPECT_EQ(fingerprint.value(), 0x5450fb52c48a0b78u);
}

TEST(RandomTest, NormalMomentsAreRight) {
  // Four standard errors of 100,000 numbers.
  const Tensor<float> tensor = Normal<float>(100'000, 3, 2, 1);
  double sum = 0;
  double squares = 0;
  for (const float x : tensor.values()) {
    sum += x;
    squares += (x - 3.0) * (x - 3.0);
  }
  EXPECT_NEAR(sum / 1e5, 3, 4 * 2 / std::sqrt(1e5));
  EXPECT_NEAR(squares / 1e5, 4, 4 * 4 * std::sqrt(2 / 1e5));
}

TEST(RandomDeathTest, Misuse) {
  Generator generator(0);
  Tensor<float> tensor({2});
  EXPECT_DEATH(RandomPermutation(-1, generator), "n = -1");
  EXPECT_DEATH(FillUniform(1, 0, generator, tensor), "\\[1, 0\\) is empty");
  EXPECT_DEATH(FillDropout(1, generator, tensor), "FillDropout: probability 1");
  EXPECT_DEATH(FillNormal(0, -1, generator, tensor), "-1 is negative");
}

}  // namespace
}  // namespace minidl
