#include "experiments/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "experiments/format_duration.h"
#include "proto/run_record.pb.h"
#include "records/run_status.h"
#include "statistics/error_rate.h"
#include "statistics/number_format.h"

namespace minidl {
namespace {

// Of the terminal behind `stream`, now; 80 if it does not tell.
size_t TerminalColumns(std::FILE* stream) {
  winsize size;
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return size.ws_col;
}

}  // namespace

std::string DescribeRound(const proto::RunRecord& record) {
  return absl::StrCat(
      record.architecture().name(), " round ", record.round(), ": ",
      record.status() == proto::RunRecord::FINISHED
          ? absl::StrCat("test error ",
                         FormatFixed(ErrorPercent(record.errors().test()), 2),
                         " %")
          : DescribeStatus(record));
}

Progress::Progress(int total, std::FILE* stream)
    : total_(total),
      stream_(stream),
      is_terminal_(isatty(fileno(stream)) != 0),
      start_(std::chrono::steady_clock::now()) {
  if (is_terminal_) Show("");
}

void Progress::Finished(const proto::RunRecord& record) {
  ++finished_;
  Show(DescribeRound(record));
}

void Progress::Show(const std::string& latest) {
  if (!is_terminal_) {
    std::fprintf(stream_, "[%d/%d] %s\n", finished_, total_, latest.c_str());
    std::fflush(stream_);
    return;
  }
  std::string line = absl::StrFormat("%d of %d rounds", finished_, total_);
  if (finished_ > 0) {
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_)
            .count();
    const double left = elapsed / finished_ * (total_ - finished_);
    absl::StrAppend(&line, ", about ", FormatDuration(left), " left | ",
                    latest);
  }
  // A line that wraps could not be overwritten.
  line.resize(std::min(line.size(), TerminalColumns(stream_) - 1));
  // Back to the start, the text, and nothing behind it.
  std::fprintf(stream_, "\r%s\x1b[K", line.c_str());
  std::fflush(stream_);
}

void Progress::End() {
  if (!is_terminal_) return;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
}

}  // namespace minidl
