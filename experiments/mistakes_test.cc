#include "experiments/mistakes.h"

#include <string>
#include <vector>

#include "experiments/pair_training.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(MistakesTest, PixelsAreRounded) {
  const Tensor<float> inputs({1, 2, 1, 3}, {0, 0.25, 0.5, 127.75, 254.5, 255});
  EXPECT_EQ(Pixels(inputs), std::string("\x00\x00\x01\x80\xff\xff", 6));
}

TEST(MistakesTest, SurestFirstWithWhatTheyAre) {
  const Tensor<int64_t> classes({4, 2}, {0, 1, 2, 3, 4, 4, 9, 8});
  const std::vector<proto::Mistake> mistakes = SurestMistakes(
      {{0, 0, 0.5}, {2, 0, 2}, {3, 1, 0.5}}, classes, "aabbccdd");
  ASSERT_THAT(mistakes, SizeIs(3));
  EXPECT_EQ(mistakes[0].pair(), 2);
  EXPECT_EQ(mistakes[0].first_digit(), 4);
  EXPECT_EQ(mistakes[0].second_digit(), 4);
  EXPECT_FALSE(mistakes[0].answer());
  // 1 / (1 + e^-2), by bc.
  EXPECT_FLOAT_EQ(mistakes[0].probability(), 0.880797078f);
  EXPECT_EQ(mistakes[0].pixels(), "cc");
  // Of equal margins the first pair.
  EXPECT_EQ(mistakes[1].pair(), 0);
  EXPECT_EQ(mistakes[1].pixels(), "aa");
  EXPECT_EQ(mistakes[2].pair(), 3);
  EXPECT_EQ(mistakes[2].first_digit(), 9);
  EXPECT_EQ(mistakes[2].second_digit(), 8);
  EXPECT_TRUE(mistakes[2].answer());
  EXPECT_EQ(mistakes[2].pixels(), "dd");
}

TEST(MistakesTest, NoMoreThanARecordShows) {
  std::vector<WrongPair> wrong;
  for (int i = 0; i < 50; ++i) wrong.push_back({i, 0, static_cast<float>(i)});
  const std::vector<proto::Mistake> mistakes =
      SurestMistakes(wrong, Tensor<int64_t>({50, 2}), std::string(50, 'x'));
  ASSERT_THAT(mistakes, SizeIs(kMaxMistakes));
  EXPECT_EQ(mistakes.front().pair(), 49);
  EXPECT_EQ(mistakes.back().pair(), 30);
}

TEST(MistakesTest, None) {
  EXPECT_THAT(SurestMistakes({}, Tensor<int64_t>({1, 2}), "aa"), IsEmpty());
}

}  // namespace
}  // namespace minidl
