#ifndef MINIDL_DATA_CONTACT_SHEET_H_
#define MINIDL_DATA_CONTACT_SHEET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/canvas.h"
#include "data/pair_answers.h"
#include "data/pair_set_file.h"

namespace minidl {

// The most pixels of a sheet, which takes three bytes for each.
inline constexpr int64_t kMaxSheetPixels = 100'000'000;

inline constexpr int64_t kMaxSheetScale = 32;

struct ContactSheetOptions {
  std::string title;    // What the pairs are.
  int64_t columns = 0;  // Pairs side by side; 0 for a sheet of about 4:3.
  int64_t scale = 4;    // Pixels of the sheet, along a side, for one of a pair.
};

// Draws `shown`, at least one, of `pairs` on white, row by row: each pair's
// number, its images, and below them what it is ("4 ≤ 9", as far as that is
// known); and where there are `answers`, one for each of `pairs`, what was
// said, and how certainly ("4 > 3 97%"). Wrong answers are red, and so that
// grey shows them too, their pairs are framed and crossed and their digits
// underlined. The title, and what the marks mean, stand above.
//
// InvalidArgument if columns are less than 0, the scale is not between 1 and
// kMaxSheetScale, or the sheet would have more than kMaxSheetPixels.
absl::StatusOr<Canvas> DrawContactSheet(const PairArrays& pairs,
                                        absl::Span<const PairAnswer> answers,
                                        absl::Span<const int64_t> shown,
                                        const ContactSheetOptions& options);

}  // namespace minidl

#endif  // MINIDL_DATA_CONTACT_SHEET_H_
