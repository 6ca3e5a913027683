#include "tools/pair_inputs.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "data/npz.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What files of other software give, tools/predict_program_test.py shows; here
// are the numbers.

std::string TestFile(const std::string& contents) {
  const std::string path = testing::TempDir() + "/input";
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  return path;
}

std::string Npz(const Tensor<float>& inputs, const Tensor<int64_t>& classes) {
  NpzBuilder builder;
  builder.Add("x_input", inputs);
  builder.Add("x_classes", classes);
  return TestFile(builder.Build().value());
}

// Pair n has n in its first image; the second is 0 but for one 200.
Tensor<float> Pairs(int64_t count, int64_t side) {
  Tensor<float> pairs({count, 2, side, side});
  for (int64_t n = 0; n < count; ++n) {
    for (int64_t y = 0; y < side; ++y) {
      for (int64_t x = 0; x < side; ++x) {
        pairs(n, 0, y, x) = static_cast<float>(n);
      }
    }
    pairs(n, 1, side - 1, 1) = 200;
  }
  return pairs;
}

TEST(PairInputsTest, LargeImagesAreAveraged) {
  FakeConsole console;
  PairInputOptions options;
  options.files = {
      Npz(Pairs(3, 28), Tensor<int64_t>({3, 2}, {1, 2, 2, 2, 3, 2}))};
  options.array = "x_input";
  const absl::StatusOr<PairInputs> inputs =
      ReadPairInputs(options, console.console);
  ASSERT_THAT(inputs, IsOk());
  EXPECT_EQ(inputs->pairs.shape(), (Shape{3, 2, 14, 14}));
  EXPECT_EQ(inputs->pairs(2, 0, 13, 5), 2);
  EXPECT_EQ(inputs->pairs(2, 1, 13, 0), 50);
  EXPECT_EQ(inputs->pairs(2, 1, 13, 1), 0);
  EXPECT_EQ(inputs->pairs(2, 1, 12, 0), 0);
  ASSERT_TRUE(inputs->targets.has_value());
  EXPECT_THAT(inputs->targets->values(), ElementsAre(1, 1, 0));
  EXPECT_THAT(inputs->files, IsEmpty());
  EXPECT_THAT(console.warnings, IsEmpty());
}

TEST(PairInputsTest, SmallImagesAreTakenAsTheyAre) {
  FakeConsole console;
  PairInputOptions options;
  options.files = {Npz(Pairs(2, 14), Tensor<int64_t>({2, 2}))};
  options.array = "x_input";
  absl::StatusOr<PairInputs> inputs = ReadPairInputs(options, console.console);
  ASSERT_THAT(inputs, IsOk());
  EXPECT_EQ(inputs->pairs(1, 0, 3, 3), 1);
  EXPECT_EQ(inputs->pairs(1, 1, 13, 1), 200);

  options.invert = true;
  inputs = ReadPairInputs(options, console.console);
  ASSERT_THAT(inputs, IsOk());
  EXPECT_EQ(inputs->pairs(1, 0, 3, 3), 254);
  EXPECT_EQ(inputs->pairs(1, 1, 13, 1), 55);
  EXPECT_THAT(console.warnings,
              ElementsAre(HasSubstr("2 of 2 pairs are mostly white")));
}

TEST(PairInputsTest, ValuesOutOfRangeAreRefused) {
  FakeConsole console;
  PairInputOptions options;
  options.array = "x_input";
  for (const float value : {-1.0f, 255.5f}) {
    Tensor<float> pairs = Pairs(1, 14);
    pairs(0, 1, 2, 3) = value;
    options.files = {Npz(pairs, Tensor<int64_t>({1, 2}))};
    EXPECT_THAT(ReadPairInputs(options, console.console),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("/input: array \"x_input\": a pixel is ")));
  }
}

}  // namespace
}  // namespace minidl
