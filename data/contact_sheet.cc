#include "data/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "data/bitmap_font.h"
#include "data/canvas.h"
#include "data/pair_answers.h"
#include "data/pair_set_file.h"
#include "data/pair_sets.h"

namespace minidl {
namespace {

constexpr Color kPaper = {255, 255, 255};
constexpr Color kInk = {24, 24, 24};
constexpr Color kFaint = {112, 112, 112};
constexpr Color kWrong = {200, 0, 0};

constexpr int64_t kMargin = 12;        // Around the sheet.
constexpr int64_t kPadding = 7;        // Around a pair, within its frame.
constexpr int64_t kGap = 4;            // Between its images.
constexpr int64_t kFrame = 3;          // Thickness.
constexpr int64_t kMinTextArea = 320;  // Width, so that the title has room.
constexpr int64_t kPixels = kPairSide * kPairSide;

// "4 > 3 100%".
constexpr int64_t kMaxAnswerCharacters = 10;

// Where everything is, in pixels.
struct Layout {
  int64_t scale;
  int64_t text_scale;
  bool has_answers;
  int64_t columns;
  int64_t rows;
  std::vector<std::string> header;  // Lines.
  int64_t width;
  int64_t height;

  int64_t image_side() const { return kPairSide * scale; }
  int64_t images_width() const { return 2 * image_side() + kGap; }
  int64_t character() const { return kGlyphWidth * text_scale; }
  int64_t line() const { return kGlyphHeight * text_scale; }
  int64_t text_gap() const { return 2 * text_scale; }  // Below the images.
  int64_t cell_width() const {
    const int64_t characters = has_answers ? kMaxAnswerCharacters : 5;
    return std::max(images_width(), characters * character()) + 2 * kPadding;
  }
  int64_t cell_height() const {
    return (has_answers ? 3 : 2) * line() + image_side() + text_gap() +
           2 * kPadding;
  }
  int64_t header_height() const {
    return static_cast<int64_t>(header.size()) * line() + kMargin / 2;
  }
};

// Words, as many in a line as fit; longer ones are cut.
std::vector<std::string> Wrap(absl::string_view text, size_t characters) {
  std::vector<std::string> lines;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    word = word.substr(0, characters);
    if (lines.empty() || lines.back().size() + 1 + word.size() > characters) {
      lines.emplace_back(word);
    } else {
      absl::StrAppend(&lines.back(), " ", word);
    }
  }
  return lines;
}

// What stands above the pairs: a paragraph each.
std::vector<std::string> Paragraphs(const PairArrays& pairs,
                                    absl::Span<const PairAnswer> answers,
                                    const ContactSheetOptions& options) {
  std::vector<std::string> paragraphs = {options.title};
  if (answers.empty()) return paragraphs;
  if (!pairs.targets.has_value()) {
    paragraphs.push_back("Below each pair: what was answered, how certainly.");
    return paragraphs;
  }
  int64_t wrong = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    wrong += IsWrong(pairs, static_cast<int64_t>(i), answers[i]) ? 1 : 0;
  }
  paragraphs.push_back(absl::StrCat(
      "Below each pair: what it is; what was answered, how certainly. Framed "
      "and crossed: wrong, as ",
      wrong, " of all ", answers.size(), " are."));
  if (pairs.classes.has_value() &&
      std::any_of(answers.begin(), answers.end(), [](const PairAnswer& answer) {
        return answer.digits[0].has_value();
      })) {
    paragraphs.back().append(" Underlined: a digit taken for another.");
  }
  return paragraphs;
}

// As many columns as make the cells' area about 4:3.
int64_t AutoColumns(const Layout& layout, int64_t count) {
  const double columns =
      std::sqrt(static_cast<double>(count * layout.cell_height()) * 4 / 3 /
                static_cast<double>(layout.cell_width()));
  return std::min(std::max(std::lround(columns), 1L), count);
}

absl::StatusOr<Layout> MakeLayout(const PairArrays& pairs,
                                  absl::Span<const PairAnswer> answers,
                                  int64_t count,
                                  const ContactSheetOptions& options) {
  if (options.columns < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--columns is ", options.columns, "; expected at least 1, or 0"));
  }
  if (options.scale < 1 || options.scale > kMaxSheetScale) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--scale is ", options.scale, "; expected 1 to ", kMaxSheetScale));
  }
  Layout layout = {};
  layout.scale = options.scale;
  layout.text_scale = std::max(int64_t{1}, (options.scale + 2) / 5);
  layout.has_answers = !answers.empty();
  layout.columns = options.columns == 0 ? AutoColumns(layout, count)
                                        : std::min(options.columns, count);
  layout.rows = (count + layout.columns - 1) / layout.columns;
  const int64_t text_area = std::max(layout.columns * layout.cell_width(),
                                     kMinTextArea * layout.text_scale);
  for (const std::string& paragraph : Paragraphs(pairs, answers, options)) {
    for (std::string& line :
         Wrap(paragraph, static_cast<size_t>(text_area / layout.character()))) {
      layout.header.push_back(std::move(line));
    }
  }
  layout.width = text_area + 2 * kMargin;
  layout.height =
      layout.header_height() + layout.rows * layout.cell_height() + 2 * kMargin;
  if (layout.width > kMaxSheetPixels / layout.height) {
    return absl::InvalidArgumentError(
        absl::StrCat("a sheet of ", count, " pairs would have ", layout.width,
                     "x", layout.height, " pixels; expected at most ",
                     kMaxSheetPixels, " in all: lower --scale or --max_pairs"));
  }
  return layout;
}

// A line below the images: two digits, which may not be known, and what stands
// between them.
struct Statement {
  std::optional<int64_t> digits[2];
  std::optional<int64_t> answer;  // 1 for "≤", 0 for ">".
  std::string certainty;          // " 97%".
  bool is_known_wrong[2] = {false, false};
};

Statement TruthOf(const PairArrays& pairs, int64_t pair) {
  Statement truth;
  if (pairs.targets.has_value()) truth.answer = (*pairs.targets)(pair);
  if (pairs.classes.has_value()) {
    for (int i = 0; i < 2; ++i) truth.digits[i] = (*pairs.classes)(pair, i);
  }
  return truth;
}

Statement SaidOf(const PairAnswer& answer, const Statement& truth) {
  Statement said;
  said.answer = answer.answer;
  for (int i = 0; i < 2; ++i) {
    said.digits[i] = answer.digits[i];
    said.is_known_wrong[i] = answer.digits[i].has_value() &&
                             truth.digits[i].has_value() &&
                             *answer.digits[i] != *truth.digits[i];
  }
  if (answer.certainty.has_value()) {
    // Rounded down: 100 % is what nothing is more certain than.
    said.certainty =
        absl::StrCat(" ", static_cast<int>(*answer.certainty * 100), "%");
  }
  return said;
}

int64_t Characters(const Statement& statement) {
  return static_cast<int64_t>(1 + statement.certainty.size()) +
         (statement.digits[0].has_value() ? 2 : 0) +
         (statement.digits[1].has_value() ? 2 : 0);
}

// Centred at `middle`.
void DrawStatement(const Statement& statement, int64_t middle, int64_t y,
                   const Layout& layout, Color color, Canvas& canvas) {
  const int64_t scale = layout.text_scale;
  int64_t x = middle - Characters(statement) * layout.character() / 2;
  const auto draw_digit = [&](int i) {
    const bool wrong = statement.is_known_wrong[i];
    const int64_t end =
        canvas.DrawText(x, y, absl::StrCat(*statement.digits[i]), scale,
                        wrong ? kWrong : color);
    if (wrong) {
      canvas.FillRectangle(x, y + layout.line() - scale, end - x - scale, scale,
                           kWrong);
    }
    x = end;
  };
  if (statement.digits[0].has_value()) {
    draw_digit(0);
    x += layout.character();
  }
  x = canvas.DrawText(x, y,
                      !statement.answer.has_value() ? "?"
                      : *statement.answer == 1      ? "≤"
                                                    : ">",
                      scale, color);
  if (statement.digits[1].has_value()) {
    x += layout.character();
    draw_digit(1);
  }
  canvas.DrawText(x, y, statement.certainty, scale, color);
}

void DrawPair(const PairArrays& pairs, int64_t pair, const PairAnswer* answer,
              int64_t x, int64_t y, const Layout& layout, Canvas& canvas) {
  const bool wrong = answer != nullptr && IsWrong(pairs, pair, *answer);
  const int64_t width = layout.cell_width();
  const int64_t middle = x + width / 2;
  if (wrong) {
    // Two frames side by side leave a line between them.
    canvas.DrawFrame(x + 1, y + 1, width - 2, layout.cell_height() - 2, kFrame,
                     kWrong);
    const int64_t side = 9 * layout.text_scale;
    canvas.DrawCross(x + width - kPadding - side, y + kPadding, side,
                     1 + layout.text_scale, kWrong);
  }
  const int64_t left = middle - layout.images_width() / 2;
  int64_t top = y + kPadding;
  canvas.DrawText(x + kPadding, top, absl::StrCat(pair), layout.text_scale,
                  kFaint);
  top += layout.line();
  const absl::Span<const float> images = pairs.inputs.Outer(pair);
  for (int64_t i = 0; i < 2; ++i) {
    canvas.DrawImage(left + i * (layout.image_side() + kGap), top,
                     images.subspan(static_cast<size_t>(i * kPixels), kPixels),
                     kPairSide, kPairSide, layout.scale);
  }
  top += layout.image_side() + layout.text_gap();
  const Statement truth = TruthOf(pairs, pair);
  DrawStatement(truth, middle, top, layout, kInk, canvas);
  if (answer == nullptr) return;
  top += layout.line();
  DrawStatement(SaidOf(*answer, truth), middle, top, layout,
                wrong ? kWrong : kInk, canvas);
}

}  // namespace

absl::StatusOr<Canvas> DrawContactSheet(const PairArrays& pairs,
                                        absl::Span<const PairAnswer> answers,
                                        absl::Span<const int64_t> shown,
                                        const ContactSheetOptions& options) {
  const auto count = static_cast<int64_t>(shown.size());
  MINIDL_CHECK(count >= 1, "DrawContactSheet: no pairs");
  MINIDL_CHECK(answers.empty() || static_cast<int64_t>(answers.size()) ==
                                      pairs.inputs.shape()[0],
               "DrawContactSheet: ", answers.size(), " answers for ",
               pairs.inputs.shape().ToString());
  MINIDL_ASSIGN_OR_RETURN(const Layout layout,
                          MakeLayout(pairs, answers, count, options));
  Canvas canvas(layout.width, layout.height, kPaper);
  int64_t y = kMargin;
  for (const std::string& line : layout.header) {
    canvas.DrawText(kMargin, y, line, layout.text_scale, kInk);
    y += layout.line();
  }
  const int64_t top = kMargin + layout.header_height();
  for (int64_t i = 0; i < count; ++i) {
    const int64_t pair = shown[static_cast<size_t>(i)];
    DrawPair(pairs, pair,
             answers.empty() ? nullptr : &answers[static_cast<size_t>(pair)],
             kMargin + i % layout.columns * layout.cell_width(),
             top + i / layout.columns * layout.cell_height(), layout, canvas);
  }
  return canvas;
}

}  // namespace minidl
