#include "data/pair_sets.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/status_testutil.h"
#include "data/mnist.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Mnist& RealMnist() {
  static const Mnist& mnist =
      *new Mnist(LoadMnist(MnistDirectory("").value()).value());
  return mnist;
}

// Exact: every pixel is a multiple of 1/4.
template <typename T>
double Sum(absl::Span<const T> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// The sum of the pixels of image `j` of pair `i`.
double ImageSum(const PairSet& set, int64_t i, int64_t j) {
  constexpr size_t kPixels = kPairSide * kPairSide;
  return Sum(set.inputs.Outer(i).subspan(j * kPixels, kPixels));
}

// `count` images; all pixels of image i have the value i, and its label is
// i mod 10.
LabelledImages FlatImages(int64_t count) {
  LabelledImages pool;
  pool.images.Resize({count, kMnistSide, kMnistSide});
  pool.labels.Resize({count});
  for (int64_t i = 0; i < count; ++i) {
    for (uint8_t& pixel : pool.images.Outer(i)) pixel = static_cast<uint8_t>(i);
    pool.labels(i) = static_cast<uint8_t>(i % 10);
  }
  return pool;
}

// The expected numbers were printed by PyTorch 1.13, with `read` as in
// mnist_test.cc:
//
//   def pair_set(name, n):
//       x = read(f'{name}-images-idx3-ubyte').view(-1, 1, 28, 28).float()
//       y = read(f'{name}-labels-idx1-ubyte').long()
//       x = torch.nn.functional.avg_pool2d(x, kernel_size=2)
//       a = torch.randperm(x.size(0))[:2 * n].view(n, 2)
//       inputs = torch.cat((x[a[:, 0]], x[a[:, 1]]), 1)
//       classes = y[a]
//       targets = (classes[:, 0] <= classes[:, 1]).long()
//       print(a[:4], targets[:8], classes[:4], classes[-1])
//       print(inputs[:4].sum((2, 3)), inputs.double().sum())
//       print(targets.sum(), classes.sum(), inputs[0, :, 7])
//
//   torch.manual_seed(0)
//   pair_set('train', 1000)
//   pair_set('t10k', 1000)
TEST(PairSetsTest, ArePyTorchs) {
  Generator generator(0);
  const auto sets = GeneratePairSets(RealMnist(), 1000, generator);
  ASSERT_THAT(sets, IsOk());

  const PairSet& train = sets->train;
  EXPECT_EQ(train.inputs.shape(), (Shape{1000, 2, 14, 14}));
  EXPECT_EQ(train.targets.shape(), (Shape{1000}));
  EXPECT_EQ(train.classes.shape(), (Shape{1000, 2}));
  EXPECT_THAT(train.targets.values().first(8),
              ElementsAre(0, 0, 0, 0, 1, 0, 1, 0));
  EXPECT_THAT(train.classes.values().first(8),
              ElementsAre(9, 3, 5, 4, 7, 4, 9, 6));
  EXPECT_THAT(train.classes.Outer(999), ElementsAre(1, 1));
  EXPECT_EQ(Sum(train.targets.values()), 551);
  EXPECT_EQ(Sum(train.classes.values()), 8782);
  EXPECT_EQ(Sum(train.inputs.values()), 12992217);
  EXPECT_EQ(ImageSum(train, 0, 0), 4984.75);
  EXPECT_EQ(ImageSum(train, 0, 1), 5878.25);
  EXPECT_EQ(ImageSum(train, 3, 0), 8172.25);
  EXPECT_EQ(ImageSum(train, 3, 1), 4449.25);
  EXPECT_THAT(
      train.inputs.Outer(0).subspan(7 * 14, 14),
      ElementsAre(0, 0, 0, 0, 41.5, 130.5, 155.25, 140, 211.5, 91, 0, 0, 0, 0));

  const PairSet& test = sets->test;
  EXPECT_EQ(test.inputs.shape(), (Shape{1000, 2, 14, 14}));
  EXPECT_THAT(test.targets.values().first(8),
              ElementsAre(1, 0, 0, 1, 0, 1, 0, 1));
  EXPECT_THAT(test.classes.values().first(8),
              ElementsAre(0, 7, 4, 1, 8, 7, 2, 9));
  EXPECT_THAT(test.classes.Outer(999), ElementsAre(7, 4));
  EXPECT_EQ(Sum(test.targets.values()), 526);
  EXPECT_EQ(Sum(test.classes.values()), 8977);
  EXPECT_EQ(Sum(test.inputs.values()), 13158088.5);
  EXPECT_EQ(ImageSum(test, 0, 0), 9976);
  EXPECT_EQ(ImageSum(test, 3, 1), 7322.5);
  EXPECT_THAT(test.inputs.Outer(0).subspan(14 * 14 + 7 * 14, 14),
              ElementsAre(0, 0, 0, 0, 0, 0, 0, 194.5, 253, 42.5, 0, 0, 0, 0));
}

// The indices a[:4] of the script above, training and test.
TEST(PairSetsTest, IndicesArePyTorchs) {
  Generator generator(0);
  EXPECT_THAT(
      RandomPermutation(60000, generator).values().first(8),
      ElementsAre(36044, 10678, 57327, 55074, 21567, 15479, 9481, 43095));
  EXPECT_THAT(RandomPermutation(10000, generator).values().first(8),
              ElementsAre(7953, 9495, 6723, 5291, 1125, 1110, 2784, 1825));
}

TEST(PairSetsTest, ImagesAreAveragedTwoByTwo) {
  LabelledImages pool = FlatImages(2);
  pool.images.Fill(0);
  for (int64_t i = 0; i < 2; ++i) {
    pool.images(i, 0, 0) = 1;  // Top left: (1 + 2 + 4 + 8) / 4.
    pool.images(i, 0, 1) = 2;
    pool.images(i, 1, 0) = 4;
    pool.images(i, 1, 1) = 8;
    pool.images(i, 1, 2) = 255;   // Beside it: 255 / 4.
    pool.images(i, 27, 27) = 16;  // Bottom right: (16 + 3 * 255) / 4.
    pool.images(i, 27, 26) = 255;
    pool.images(i, 26, 27) = 255;
    pool.images(i, 26, 26) = 255;
  }
  Generator generator(0);
  const auto set = GeneratePairSet(pool, 1, generator);
  ASSERT_THAT(set, IsOk());
  for (int64_t j = 0; j < 2; ++j) {
    EXPECT_EQ(set->inputs(0, j, 0, 0), 3.75f);
    EXPECT_EQ(set->inputs(0, j, 0, 1), 63.75f);
    EXPECT_EQ(set->inputs(0, j, 13, 13), 195.25f);
    EXPECT_EQ(ImageSum(*set, 0, j), 3.75 + 63.75 + 195.25);
  }
}

// A flat image's average is its number in the pool.
TEST(PairSetsTest, NoImageIsUsedTwiceAndClassesAreItsLabels) {
  constexpr int64_t kPool = 201;
  Generator generator(1);
  const auto set = GeneratePairSet(FlatImages(kPool), kPool / 2, generator);
  ASSERT_THAT(set, IsOk());
  std::map<int64_t, int> uses;
  for (int64_t i = 0; i < kPool / 2; ++i) {
    for (int64_t j = 0; j < 2; ++j) {
      const auto image = static_cast<int64_t>(set->inputs(i, j, 0, 0));
      EXPECT_EQ(ImageSum(*set, i, j), image * kPairSide * kPairSide);
      EXPECT_EQ(set->classes(i, j), image % 10);
      ++uses[image];
    }
    EXPECT_EQ(set->targets(i), set->classes(i, 0) <= set->classes(i, 1));
  }
  EXPECT_EQ(uses.size(), 200u);
  for (const auto& [image, count] : uses) EXPECT_EQ(count, 1) << image;
}

// By symmetry P(first < second) = P(first > second), so the share of ones is
// (1 + P(equal)) / 2, and P(equal) = sum c (c - 1) / (N (N - 1)) over the
// numbers c of images of each digit.
TEST(PairSetsTest, ShareOfOnes) {
  const LabelledImages& pool = RealMnist().train;
  std::array<int64_t, 10> counts = {};
  for (const uint8_t label : pool.labels.values()) ++counts[label];
  double equal = 0;
  const auto size = static_cast<double>(pool.size());
  for (const int64_t count : counts) {
    equal += static_cast<double>(count * (count - 1)) / (size * (size - 1));
  }
  const double expected = (1 + equal) / 2;
  EXPECT_NEAR(expected, 0.5501, 0.0001);

  constexpr int64_t kPairs = 30000;
  Generator generator(2);
  const auto set = GeneratePairSet(pool, kPairs, generator);
  ASSERT_THAT(set, IsOk());
  const double deviation = std::sqrt(expected * (1 - expected) / kPairs);
  EXPECT_NEAR(Sum(set->targets.values()) / kPairs, expected, 4 * deviation);
}

TEST(PairSetsTest, SameSeedSamePairsAndOtherSeedOthers) {
  const LabelledImages pool = FlatImages(200);
  const auto classes = [&pool](uint64_t seed) {
    Generator generator(seed);
    const auto set = GeneratePairSet(pool, 100, generator).value();
    return std::vector<int64_t>(set.classes.values().begin(),
                                set.classes.values().end());
  };
  EXPECT_EQ(classes(3), classes(3));
  EXPECT_NE(classes(3), classes(4));
}

TEST(PairSetsTest, NumberOfPairs) {
  const LabelledImages pool = FlatImages(7);
  Generator generator(0);
  EXPECT_THAT(GeneratePairSet(pool, 3, generator), IsOk());
  EXPECT_THAT(GeneratePairSet(pool, 4, generator),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "n = 4: every pair needs 2 images of its own, and there "
                       "are 7; n is at most 3"));
  // Twice this does not fit in 64 bits.
  EXPECT_THAT(GeneratePairSet(pool, int64_t{1} << 62, generator),
              StatusIs(absl::StatusCode::kInvalidArgument, _));
  for (const int64_t n : {0, -1}) {
    EXPECT_THAT(GeneratePairSet(pool, n, generator),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("expected at least 1 pair")));
  }
}

TEST(PairSetsTest, TooManyForOneOfTheSetsDrawsNothing) {
  const Mnist mnist = {FlatImages(10), FlatImages(6)};
  Generator generator(0);
  EXPECT_THAT(GeneratePairSets(mnist, 3, generator), IsOk());
  Generator untouched(0);
  EXPECT_THAT(GeneratePairSets(mnist, 4, untouched),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "n = 4: every pair needs 2 test images of its own, and "
                       "there are 6; n is at most 3"));
  EXPECT_THAT(GeneratePairSets(mnist, 6, untouched),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("2 training images")));
  EXPECT_EQ(untouched.Random32(), Generator(0).Random32());
}

}  // namespace
}  // namespace minidl
