#include "experiments/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/progress_line.h"
#include "proto/run_record.pb.h"
#include "records/run_status.h"
#include "statistics/error_rate.h"
#include "statistics/number_format.h"
#include "statistics/table.h"

namespace minidl {
namespace {

// Whether a line can change in place there.
bool IsTerminal(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return isatty(fileno(stream)) != 0 &&
         (kind == nullptr || absl::string_view(kind) != "dumb");
}

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

Progress::Progress(int total, std::FILE* stream,
                   absl::Span<const proto::RunRecord> earlier)
    : total_(total),
      stream_(stream),
      is_terminal_(IsTerminal(stream)),
      start_(Clock::now()) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const proto::RunRecord& record : earlier) AddError(record);
  if (!is_terminal_) return;
  Show();
  // The time left passes, and the terminal may become another size.
  refreshing_ = std::thread([this] {
    std::unique_lock<std::mutex> refreshing_lock(mutex_);
    while (!end_wanted_.wait_for(refreshing_lock, std::chrono::seconds(1),
                                 [this] { return ended_; })) {
      Show();
    }
  });
}

Progress::~Progress() { End(); }

void Progress::AddError(const proto::RunRecord& record) {
  if (record.status() != proto::RunRecord::FINISHED) return;
  const std::optional<double> error = ErrorPercent(record.errors().test());
  if (error.has_value()) {
    errors_[record.architecture().name()].push_back(*error);
  }
}

void Progress::Started(const std::string& architecture, int round) {
  const std::lock_guard<std::mutex> lock(mutex_);
  running_.emplace_back(architecture, round);
  if (is_terminal_) Show();
}

void Progress::Finished(const proto::RunRecord& record) {
  const std::lock_guard<std::mutex> lock(mutex_);
  latest_ = {record.architecture().name(), record.round()};
  const auto running = std::find(running_.begin(), running_.end(), latest_);
  if (running != running_.end()) running_.erase(running);
  AddError(record);
  ++finished_;
  if (record.status() == proto::RunRecord::DIVERGED) ++diverged_;
  if (!is_terminal_) {
    std::fprintf(stream_, "[%d/%d] %s\n", finished_, total_,
                 DescribeRound(record).c_str());
    std::fflush(stream_);
    return;
  }
  // Of the rounds that are running, half is done, one with another.
  const double done = finished_ + static_cast<double>(running_.size()) / 2;
  const Clock::time_point now = Clock::now();
  end_ = now + std::chrono::duration_cast<Clock::duration>(
                   (now - start_) * std::max(0.0, total_ - done) / done);
  Show();
}

std::string Progress::Line(size_t columns) const {
  ProgressState state;
  state.finished = finished_;
  state.total = total_;
  state.diverged = diverged_;
  const Round& current = running_.empty() ? latest_ : running_.front();
  state.architecture = current.first;
  state.round = current.second;
  state.more_running = std::max(0, static_cast<int>(running_.size()) - 1);
  const auto errors = errors_.find(current.first);
  if (errors != errors_.end()) state.errors = errors->second;
  if (end_.has_value()) {
    state.seconds_left =
        std::chrono::duration<double>(*end_ - Clock::now()).count();
  }
  return ProgressLine(state, columns);
}

void Progress::Show() {
  // A line that wraps could not be overwritten, and one that fills the last
  // column wraps on some terminals.
  const size_t columns = TerminalColumns(stream_) - 1;
  const std::string line = Line(columns);
  const size_t width = TextWidth(line);
  // Back to the start, the text, and nothing behind it.
  const size_t cleared = std::min(shown_, columns);
  std::fprintf(stream_, "\r%s%s", line.c_str(),
               std::string(cleared - std::min(cleared, width), ' ').c_str());
  std::fflush(stream_);
  shown_ = width;
}

void Progress::End() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    ended_ = true;
  }
  if (!is_terminal_) return;
  end_wanted_.notify_all();
  refreshing_.join();
  const size_t cleared = std::min(shown_, TerminalColumns(stream_) - 1);
  std::fprintf(stream_, "\r%s\r", std::string(cleared, ' ').c_str());
  std::fflush(stream_);
}

}  // namespace minidl
