#include "experiments/progress_line.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "experiments/format_duration.h"
#include "statistics/moments.h"
#include "statistics/number_format.h"
#include "statistics/table.h"

namespace minidl {
namespace {

constexpr size_t kLeastBar = 10;
constexpr size_t kLargestBar = 20;

// " [####------]" of this many columns, or nothing where that is too narrow.
std::string Bar(const ProgressState& state, size_t columns) {
  constexpr size_t kFrame = 3;  // " [" and "]".
  if (state.total < 1 || columns < kLeastBar + kFrame) return "";
  const size_t width = std::min(columns - kFrame, kLargestBar);
  const size_t done = width * static_cast<size_t>(state.finished) /
                      static_cast<size_t>(state.total);
  return absl::StrCat(" [", std::string(done, '#'),
                      std::string(width - done, '-'), "]");
}

// Parts of the line, each empty where there is nothing to say.
struct Parts {
  std::string count;
  std::string current;
  std::string error;
  std::string left;
};

std::string Join(const Parts& parts) {
  std::vector<absl::string_view> there;
  for (const std::string* part :
       {&parts.count, &parts.current, &parts.error, &parts.left}) {
    if (!part->empty()) there.push_back(*part);
  }
  return absl::StrJoin(there, " | ");
}

// The same in fewer and fewer words; the first of them with a bar of up to
// `columns`.
std::vector<Parts> ManyParts(const ProgressState& state) {
  const std::string short_count =
      absl::StrCat(state.finished, "/", state.total);
  std::string count =
      absl::StrCat(state.finished, " of ", state.total, " rounds");
  std::string middle_count = short_count;
  if (state.diverged > 0) {
    const std::string diverged =
        absl::StrCat(", ", state.diverged, " diverged");
    absl::StrAppend(&count, diverged);
    absl::StrAppend(&middle_count, diverged);
  }

  std::string current;
  std::string short_current;
  std::string long_current;
  if (!state.architecture.empty()) {
    short_current = absl::StrCat(state.architecture, " ", state.round);
    current = absl::StrCat(state.architecture, " round ", state.round);
    long_current = current;
    if (state.more_running > 0) {
      absl::StrAppend(&long_current, " and ", state.more_running, " more");
    }
  }

  std::string error;
  std::string short_error;
  if (!state.errors.empty()) {
    const Moments moments = ComputeMoments(state.errors);
    short_error = absl::StrCat(FormatFixed(moments.mean, 2), " %");
    error = short_error;
    if (moments.deviation.has_value()) {
      error = absl::StrCat(FormatFixed(moments.mean, 2), " ± ",
                           FormatFixed(moments.deviation, 2), " %");
    }
  }

  std::string short_left;
  std::string left;
  if (state.seconds_left.has_value()) {
    short_left = FormatDuration(*state.seconds_left);
    left = short_left + " left";
  }

  return {{count, long_current, error.empty() ? "" : "test error " + error,
           left.empty() ? "" : "about " + left},
          {middle_count, current, error, left},
          {middle_count, short_current, short_error, short_left},
          {short_count, short_current, short_error, short_left},
          {short_count, short_current, "", short_left},
          {short_count, "", "", short_left}};
}

}  // namespace

std::string ProgressLine(const ProgressState& state, size_t columns) {
  const std::vector<Parts> many = ManyParts(state);
  Parts longest = many.front();
  const size_t width = TextWidth(Join(longest));
  if (width <= columns) {
    longest.count += Bar(state, columns - width);
    return Join(longest);
  }
  for (const Parts& parts : many) {
    std::string line = Join(parts);
    if (TextWidth(line) <= columns) return line;
  }
  // All of it is ASCII.
  return absl::StrCat(state.finished, "/", state.total).substr(0, columns);
}

}  // namespace minidl
