#include "data/mnist.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

int64_t Sum(absl::Span<const uint8_t> values) {
  return std::accumulate(values.begin(), values.end(), int64_t{0});
}

// The expected numbers are PyTorch's, from the four uncompressed files:
//
//   def read(name):
//       b = bytearray(open(name, 'rb').read())
//       sizes = struct.unpack('>' + 'I' * b[3], b[4:4 + 4 * b[3]])
//       return torch.frombuffer(b[4 + 4 * b[3]:],
//       dtype=torch.uint8).view(sizes)
//
//   x = read('train-images-idx3-ubyte').long()  # And t10k-...
//   y = read('train-labels-idx1-ubyte').long()
//   print(x.shape, x.sum(), x[0].sum(), x[-1].sum(), x[0, 14, 10:16])
//   print(y.shape, y.sum(), y[:10])
TEST(MnistTest, TheRepositorysCopyIsMnist) {
  const auto directory = MnistDirectory("");
  ASSERT_THAT(directory, IsOk());
  const auto mnist = LoadMnist(*directory);
  ASSERT_THAT(mnist, IsOk());

  const LabelledImages& train = mnist->train;
  EXPECT_EQ(train.size(), 60000);
  EXPECT_EQ(train.images.shape(), (Shape{60000, 28, 28}));
  EXPECT_EQ(Sum(train.images.values()), 1567298545);
  EXPECT_EQ(Sum(train.images.Outer(0)), 27525);
  EXPECT_EQ(Sum(train.images.Outer(59999)), 20920);
  EXPECT_THAT(train.images.Outer(0).subspan(14 * 28 + 10, 6),
              ElementsAre(0, 0, 0, 81, 240, 253));
  EXPECT_EQ(train.labels.shape(), (Shape{60000}));
  EXPECT_EQ(Sum(train.labels.values()), 267236);
  EXPECT_THAT(train.labels.values().first(10),
              ElementsAre(5, 0, 4, 1, 9, 2, 1, 3, 1, 4));

  const LabelledImages& test = mnist->test;
  EXPECT_EQ(test.size(), 10000);
  EXPECT_EQ(test.images.shape(), (Shape{10000, 28, 28}));
  EXPECT_EQ(Sum(test.images.values()), 264923200);
  EXPECT_EQ(Sum(test.images.Outer(0)), 18454);
  EXPECT_EQ(Sum(test.images.Outer(9999)), 41833);
  EXPECT_EQ(test.labels.shape(), (Shape{10000}));
  EXPECT_EQ(Sum(test.labels.values()), 44434);
  EXPECT_THAT(test.labels.values().first(10),
              ElementsAre(7, 2, 1, 0, 4, 1, 4, 9, 5, 9));
}

TEST(MnistTest, DirectoryOfTheUser) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/user", 1);
  EXPECT_THAT(MnistDirectory("mnist"), IsOkAndHolds("/home/user/mnist"));
  EXPECT_THAT(MnistDirectory("/data/mnist"), IsOkAndHolds("/data/mnist"));
  unsetenv("BUILD_WORKING_DIRECTORY");
}

// A directory with a small MNIST: two images for training, one for testing.
class SmallMnistTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = absl::StrCat(testing::TempDir(), "/", test->name());
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    Write("train-images-idx3-ubyte", Images(2));
    Write("train-labels-idx1-ubyte", Labels("\x03\x09"));
    Write("t10k-images-idx3-ubyte", Images(1));
    Write("t10k-labels-idx1-ubyte", Labels("\x07"));
  }

  void Write(absl::string_view name, absl::string_view contents) {
    ASSERT_THAT(WriteFile(absl::StrCat(directory_, "/", name), contents),
                IsOk());
  }

  // An IDX file of `count` images of ones.
  static std::string Images(char count) {
    std::string file("\0\0\x08\x03\0\0\0?\0\0\0\x1c\0\0\0\x1c", 16);
    file[7] = count;
    return file + std::string(static_cast<size_t>(count) * 28 * 28, '\1');
  }

  static std::string Labels(absl::string_view labels) {
    std::string file("\0\0\x08\x01\0\0\0?", 8);
    file[7] = static_cast<char>(labels.size());
    return absl::StrCat(file, labels);
  }

  // Expects loading to fail because of the file `name`, for `reason`.
  void ExpectDataLoss(absl::string_view name, absl::string_view reason) {
    EXPECT_THAT(
        LoadMnist(directory_),
        StatusIs(absl::StatusCode::kDataLoss,
                 absl::StrCat(directory_, "/", name, ": expected ", reason)));
  }

  std::string directory_;
};

TEST_F(SmallMnistTest, PlainFilesOfAnyNumber) {
  const auto mnist = LoadMnist(directory_);
  ASSERT_THAT(mnist, IsOk());
  EXPECT_EQ(mnist->train.images.shape(), (Shape{2, 28, 28}));
  EXPECT_THAT(mnist->train.labels.values(), ElementsAre(3, 9));
  EXPECT_EQ(mnist->test.images.shape(), (Shape{1, 28, 28}));
  EXPECT_THAT(mnist->test.labels.values(), ElementsAre(7));
}

TEST_F(SmallMnistTest, GzipNameCountsWhereThePlainOneIsMissing) {
  Write("t10k-labels-idx1-ubyte.gz", Labels("\x05"));
  auto mnist = LoadMnist(directory_);
  ASSERT_THAT(mnist, IsOk());
  EXPECT_THAT(mnist->test.labels.values(), ElementsAre(7));
  std::filesystem::remove(directory_ + "/t10k-labels-idx1-ubyte");
  mnist = LoadMnist(directory_);
  ASSERT_THAT(mnist, IsOk());
  EXPECT_THAT(mnist->test.labels.values(), ElementsAre(5));
}

TEST_F(SmallMnistTest, MissingFileIsNotFoundUnderBothNames) {
  std::filesystem::remove(directory_ + "/train-labels-idx1-ubyte");
  EXPECT_THAT(LoadMnist(directory_),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr(absl::StrCat(
                           directory_,
                           " has neither train-labels-idx1-ubyte nor "
                           "train-labels-idx1-ubyte.gz"))));
}

TEST_F(SmallMnistTest, MissingDirectoryIsNotFound) {
  EXPECT_THAT(LoadMnist("/nonexistent/mnist"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/nonexistent/mnist is not a directory")));
  EXPECT_THAT(LoadMnist(directory_ + "/t10k-images-idx3-ubyte"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("t10k-images-idx3-ubyte is not a directory")));
}

TEST_F(SmallMnistTest, CorruptFileIsNamed) {
  Write("t10k-images-idx3-ubyte", "<html>");
  EXPECT_THAT(
      LoadMnist(directory_),
      StatusIs(
          absl::StatusCode::kDataLoss,
          AllOf(HasSubstr("/t10k-images-idx3-ubyte: byte 0 (magic number)"),
                HasSubstr("<html>"))));
}

TEST_F(SmallMnistTest, FilesInEachOthersPlace) {
  Write("train-images-idx3-ubyte", Labels("\x03\x09"));
  ExpectDataLoss("train-images-idx3-ubyte",
                 "images, of shape [N, 28, 28], found shape [2]");
  Write("train-images-idx3-ubyte", Images(2));
  Write("train-labels-idx1-ubyte", Images(2));
  ExpectDataLoss("train-labels-idx1-ubyte",
                 "labels, of shape [N], found shape [2, 28, 28]");
}

TEST_F(SmallMnistTest, ImagesOfAnotherSize) {
  Write("t10k-images-idx3-ubyte",
        absl::StrCat(
            absl::string_view("\0\0\x08\x03\0\0\0\1\0\0\0\x1c\0\0\0\2", 16),
            std::string(28 * 2, '\0')));
  ExpectDataLoss("t10k-images-idx3-ubyte",
                 "images, of shape [N, 28, 28], found shape [1, 28, 2]");
}

TEST_F(SmallMnistTest, NumbersOfImagesAndLabelsDiffer) {
  Write("t10k-labels-idx1-ubyte", Labels("\x05\x06"));
  ExpectDataLoss(
      "t10k-labels-idx1-ubyte",
      absl::StrCat("as many labels as ", directory_,
                   "/t10k-images-idx3-ubyte has images, 1, found 2"));
}

TEST_F(SmallMnistTest, LabelThatIsNoDigit) {
  Write("train-labels-idx1-ubyte", Labels("\x03\x0a"));
  EXPECT_THAT(LoadMnist(directory_),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("/train-labels-idx1-ubyte: byte 9 (label of "
                                 "image 1): expected 0 to 9, found 10")));
}

}  // namespace
}  // namespace minidl
