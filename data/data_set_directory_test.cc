#include "data/data_set_directory.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/status_testutil.h"
#include "data/mnist.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Sums {
  int64_t pixels = 0;
  int64_t squares = 0;
};

Sums SumsOf(absl::Span<const uint8_t> pixels) {
  Sums sums;
  for (const int64_t pixel : pixels) {
    sums.pixels += pixel;
    sums.squares += pixel * pixel;
  }
  return sums;
}

std::array<int64_t, 10> ImagesPerClass(const LabelledImages& images) {
  std::array<int64_t, 10> counts = {};
  for (const uint8_t label : images.labels.values()) ++counts.at(label);
  return counts;
}

TEST(DataSetDirectoryTest, MnistIsTheRepositorysCopy) {
  const auto mnist = MnistDirectory("");
  ASSERT_THAT(mnist, IsOk());
  EXPECT_THAT(DataSetDirectory("mnist", ""), IsOkAndHolds(*mnist));
  EXPECT_THAT(DataSetDirectory("", ""), IsOkAndHolds(*mnist));
}

// The sums and the first labels are NumPy's, from Debian's four files:
//
//   def read(name):
//       b = gzip.open(name + '.gz').read()
//       sizes = np.frombuffer(b[4:4 + 4 * b[3]], '>u4')
//       return np.frombuffer(b[4 + 4 * b[3]:], 'u1').reshape(sizes)
//
//   x = read('train-images-idx3-ubyte').astype(np.int64)  # And t10k-...
//   y = read('train-labels-idx1-ubyte')
//   print(x.sum(), (x * x).sum(), x[0].sum(), x[-1].sum(), y[:10])
TEST(DataSetDirectoryTest, FashionMnistIsDebiansCopy) {
  const auto directory = DataSetDirectory("fashion_mnist", "");
  ASSERT_THAT(directory, IsOk());
  const auto fashion = LoadMnist(*directory);
  ASSERT_THAT(fashion, IsOk());

  const LabelledImages& train = fashion->train;
  EXPECT_EQ(train.images.shape(), (Shape{60000, 28, 28}));
  EXPECT_THAT(ImagesPerClass(train), Each(6000));
  const Sums sums = SumsOf(train.images.values());
  EXPECT_EQ(sums.pixels, 3431114169);
  EXPECT_EQ(sums.squares, 631470052347);
  EXPECT_EQ(SumsOf(train.images.Outer(0)).pixels, 76247);
  EXPECT_EQ(SumsOf(train.images.Outer(59999)).pixels, 16684);
  EXPECT_THAT(train.labels.values().first(10),
              ElementsAre(9, 0, 0, 3, 0, 2, 7, 2, 5, 5));
  // What everybody normalises with, of pixels from 0 to 1.
  const double size = static_cast<double>(train.images.size());
  const double mean = static_cast<double>(sums.pixels) / size;
  const double variance =
      static_cast<double>(sums.squares) / size - mean * mean;
  EXPECT_NEAR(mean / 255, 0.2860, 0.00005);
  EXPECT_NEAR(std::sqrt(variance) / 255, 0.3530, 0.00005);

  const LabelledImages& test = fashion->test;
  EXPECT_EQ(test.images.shape(), (Shape{10000, 28, 28}));
  EXPECT_THAT(ImagesPerClass(test), Each(1000));
  const Sums test_sums = SumsOf(test.images.values());
  EXPECT_EQ(test_sums.pixels, 573469082);
  EXPECT_EQ(test_sums.squares, 105272563536);
  EXPECT_EQ(SumsOf(test.images.Outer(0)).pixels, 33456);
  EXPECT_EQ(SumsOf(test.images.Outer(9999)).pixels, 24390);
  EXPECT_THAT(test.labels.values().first(10),
              ElementsAre(9, 2, 1, 1, 6, 1, 4, 6, 5, 7));
}

TEST(DataSetDirectoryTest, DirectoryOfTheUser) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/user", 1);
  for (const char* name : {"mnist", "fashion_mnist"}) {
    EXPECT_THAT(DataSetDirectory(name, "mine"),
                IsOkAndHolds("/home/user/mine"));
    EXPECT_THAT(DataSetDirectory(name, "/mine"), IsOkAndHolds("/mine"));
  }
  unsetenv("BUILD_WORKING_DIRECTORY");
}

TEST(DataSetDirectoryTest, UnknownNameWithAnyDirectory) {
  for (const char* directory : {"", "/mine"}) {
    EXPECT_THAT(DataSetDirectory("cifar", directory),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("data_set is cifar; expected mnist or")));
  }
}

}  // namespace
}  // namespace minidl
