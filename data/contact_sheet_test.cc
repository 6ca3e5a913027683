#include "data/contact_sheet.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "data/canvas.h"
#include "data/pair_answers.h"
#include "data/pair_set_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

constexpr Color kPaper = {255, 255, 255};
constexpr Color kInk = {24, 24, 24};
constexpr Color kFaint = {112, 112, 112};
constexpr Color kWrong = {200, 0, 0};
constexpr Color kPixel = {90, 90, 90};

// Pairs 4 and 9, 7 and 2, 5 and 5, ..., of which pair i has one pixel of 90.
PairArrays MakePairs(int64_t count) {
  PairArrays pairs;
  pairs.inputs = Tensor<float>({count, 2, 14, 14});
  pairs.targets = Tensor<int64_t>({count});
  pairs.classes = Tensor<int64_t>({count, 2});
  const int64_t classes[3][2] = {{4, 9}, {7, 2}, {5, 5}};
  for (int64_t i = 0; i < count; ++i) {
    pairs.inputs(i, 1, 3, 3) = 90;
    for (int64_t j = 0; j < 2; ++j) {
      (*pairs.classes)(i, j) = classes[i % 3][j];
    }
    (*pairs.targets)(i) = i % 3 == 1 ? 0 : 1;
  }
  return pairs;
}

// Answers that are right, and certain by three quarters.
std::vector<PairAnswer> RightAnswers(const PairArrays& pairs) {
  std::vector<PairAnswer> answers;
  for (int64_t i = 0; i < pairs.inputs.shape()[0]; ++i) {
    answers.push_back({(*pairs.targets)(i),
                       0.759,
                       {(*pairs.classes)(i, 0), (*pairs.classes)(i, 1)}});
  }
  return answers;
}

Canvas Draw(const PairArrays& pairs, const std::vector<PairAnswer>& answers,
            const std::vector<int64_t>& shown,
            const ContactSheetOptions& options) {
  absl::StatusOr<Canvas> canvas =
      DrawContactSheet(pairs, answers, shown, options);
  EXPECT_THAT(canvas, IsOk());
  return *std::move(canvas);
}

int64_t Count(const Canvas& canvas, Color color) {
  int64_t count = 0;
  for (int64_t y = 0; y < canvas.height(); ++y) {
    for (int64_t x = 0; x < canvas.width(); ++x) {
      count += canvas.At(x, y) == color ? 1 : 0;
    }
  }
  return count;
}

// How often the sheet has this text in this color on paper.
int CountText(const Canvas& sheet, const std::string& text, Color color,
              int64_t scale = 1) {
  Canvas line(6 * scale * 80, 13 * scale, kPaper);
  const int64_t width = line.DrawText(0, 0, text, scale, color);
  int count = 0;
  for (int64_t y = 0; y + line.height() <= sheet.height(); ++y) {
    for (int64_t x = 0; x + width <= sheet.width(); ++x) {
      bool same = true;
      for (int64_t i = 0; same && i < width * line.height(); ++i) {
        same = sheet.At(x + i % width, y + i / width) ==
               line.At(i % width, i / width);
      }
      count += same ? 1 : 0;
    }
  }
  return count;
}

// As colours are printed in black and white (ITU-R BT.601), 0 to 255.
double Grey(Color color) {
  return 0.299 * color.red + 0.587 * color.green + 0.114 * color.blue;
}

TEST(ContactSheetTest, PairsHaveTheirNumbersImagesAndDigits) {
  const PairArrays pairs = MakePairs(12);
  ContactSheetOptions options;
  options.title = "twelve pairs";
  const Canvas sheet = Draw(pairs, {}, {0, 1, 11}, options);
  EXPECT_EQ(CountText(sheet, "twelve pairs", kInk), 1);
  EXPECT_EQ(CountText(sheet, "4 ≤ 9", kInk), 1);
  EXPECT_EQ(CountText(sheet, "7 > 2", kInk), 1);
  EXPECT_EQ(CountText(sheet, "5 ≤ 5", kInk), 1);
  EXPECT_EQ(CountText(sheet, "11", kFaint), 1);
  EXPECT_EQ(CountText(sheet, "2", kFaint), 0);
  // 4×4 for each pair, and the rest of the images is black.
  EXPECT_EQ(Count(sheet, kPixel), 3 * 16);
  EXPECT_EQ(Count(sheet, {0, 0, 0}), 3 * 16 * (2 * 14 * 14 - 1));
  EXPECT_EQ(Count(sheet, kWrong), 0);
}

TEST(ContactSheetTest, UnknownDigitsAreLeftOut) {
  PairArrays pairs = MakePairs(2);
  pairs.classes.reset();
  const Canvas targets = Draw(pairs, {}, {0, 1}, {});
  EXPECT_EQ(CountText(targets, " ≤ ", kInk), 1);
  EXPECT_EQ(CountText(targets, "4 ≤ 9", kInk), 0);
  pairs.targets.reset();
  const Canvas nothing = Draw(pairs, {}, {0, 1}, {});
  EXPECT_EQ(CountText(nothing, " ? ", kInk), 2);
}

TEST(ContactSheetTest, RightAnswersHaveNoMark) {
  const PairArrays pairs = MakePairs(3);
  const Canvas sheet =
      Draw(pairs, RightAnswers(pairs), {0, 1, 2}, ContactSheetOptions());
  EXPECT_EQ(CountText(sheet, "4 ≤ 9 75%", kInk), 1);
  EXPECT_EQ(CountText(sheet, "7 > 2 75%", kInk), 1);
  EXPECT_EQ(Count(sheet, kWrong), 0);
}

TEST(ContactSheetTest, WrongAnswersAreMarkedInColorAndInGrey) {
  const PairArrays pairs = MakePairs(3);
  std::vector<PairAnswer> answers = RightAnswers(pairs);
  answers[1].answer = 1;
  ContactSheetOptions options;
  options.columns = 3;
  const Canvas sheet = Draw(pairs, answers, {0, 1, 2}, options);
  EXPECT_EQ(CountText(sheet, "7 > 2", kInk), 1);
  EXPECT_EQ(CountText(sheet, "7 ≤ 2 75%", kWrong), 1);
  EXPECT_EQ(CountText(sheet, "as 1 of all 3 are.", kInk), 1);
  // The frame is of the middle third, and in grey much darker than paper.
  const Canvas right = Draw(pairs, RightAnswers(pairs), {0, 1, 2}, options);
  ASSERT_EQ(right.width(), sheet.width());
  int64_t darker = 0;
  constexpr int64_t kCell = 14 * 4 + 3 * 13 + 2 + 2 * 7;  // Height.
  for (int64_t y = sheet.height() - 12 - kCell; y < sheet.height(); ++y) {
    for (int64_t x = 0; x < sheet.width(); ++x) {
      if (sheet.At(x, y) == right.At(x, y)) continue;
      EXPECT_GT(x, sheet.width() / 3 - 12);
      EXPECT_LT(x, 2 * sheet.width() / 3 + 12);
      if (Grey(sheet.At(x, y)) < Grey(right.At(x, y)) - 150) ++darker;
    }
  }
  // A frame of 128 × 109 pixels, three wide, and a cross.
  constexpr int64_t kFramePixels = 128 * 109 - 122 * 103;
  EXPECT_GT(darker, kFramePixels);
  EXPECT_LT(darker, kFramePixels + 60);
}

TEST(ContactSheetTest, DigitsTakenForOthersAreUnderlined) {
  const PairArrays pairs = MakePairs(1);
  std::vector<PairAnswer> answers = RightAnswers(pairs);
  answers[0].digits[1] = 8;
  const Canvas sheet = Draw(pairs, answers, {0}, {});
  EXPECT_EQ(CountText(sheet, "4 ≤ ", kInk), 2);
  EXPECT_EQ(CountText(sheet, "4 ≤ 9 ", kInk), 1);
  // The 8 and five pixels below it, and no frame.
  Canvas digit(6, 13, kPaper);
  digit.DrawText(0, 0, "8", 1, kWrong);
  EXPECT_EQ(Count(sheet, kWrong), Count(digit, kWrong) + 5);
  EXPECT_EQ(CountText(sheet, "of all", kInk), 1);
}

TEST(ContactSheetTest, NoAnswerIsWrong) {
  const PairArrays pairs = MakePairs(1);
  const std::vector<PairAnswer> answers(1);
  EXPECT_EQ(CountText(Draw(pairs, answers, {0}, {}), " ? ", kWrong), 1);
}

TEST(ContactSheetTest, AllSizesAreDrawnWhole) {
  for (const int64_t count : {1, 4, 1000}) {
    const PairArrays pairs = MakePairs(count);
    std::vector<int64_t> shown;
    for (int64_t i = 0; i < count; ++i) shown.push_back(i);
    for (const int64_t scale : {1, 2, 9}) {
      for (const int64_t columns : {0, 1, 3}) {
        if (count == 1000 && (scale == 9 || columns == 1)) continue;
        ContactSheetOptions options;
        options.scale = scale;
        options.columns = columns;
        const Canvas sheet = Draw(pairs, RightAnswers(pairs), shown, options);
        EXPECT_EQ(Count(sheet, kPixel), count * scale * scale);
        if (columns == 0 && count == 1000) {
          EXPECT_NEAR(static_cast<double>(sheet.width()) /
                          static_cast<double>(sheet.height()),
                      4.0 / 3, 0.1);
        }
      }
    }
  }
}

TEST(ContactSheetTest, TextGrowsWithLargeScales) {
  const PairArrays pairs = MakePairs(1);
  ContactSheetOptions options;
  options.title = "large";
  options.scale = 8;
  const Canvas sheet = Draw(pairs, {}, {0}, options);
  EXPECT_EQ(CountText(sheet, "large", kInk, 2), 1);
  EXPECT_EQ(CountText(sheet, "4 ≤ 9", kInk, 2), 1);
}

TEST(ContactSheetTest, LongTitlesAreWrapped) {
  const PairArrays pairs = MakePairs(1);
  ContactSheetOptions options;
  options.title = std::string(300, 'x') + " and more";
  for (int i = 0; i < 30; ++i) options.title += " words";
  const Canvas sheet = Draw(pairs, {}, {0}, options);
  EXPECT_EQ(CountText(sheet, "and more words", kInk), 1);
  EXPECT_GT(sheet.height(), 4 * 13 + 14 * 4);
}

TEST(ContactSheetTest, OptionsAreChecked) {
  const PairArrays pairs = MakePairs(1);
  const auto draw = [&pairs](int64_t columns, int64_t scale, size_t count) {
    ContactSheetOptions options;
    options.columns = columns;
    options.scale = scale;
    return DrawContactSheet(pairs, {}, std::vector<int64_t>(count), options)
        .status();
  };
  EXPECT_THAT(draw(-1, 4, 1), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("--columns is -1")));
  EXPECT_THAT(draw(0, 0, 1), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("--scale is 0; expected 1")));
  EXPECT_THAT(draw(0, 33, 1), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("--scale is 33")));
  EXPECT_THAT(draw(0, 32, 1000),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("lower --scale or --max_pairs")));
}

}  // namespace
}  // namespace minidl
