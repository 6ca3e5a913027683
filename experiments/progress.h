#ifndef MINIDL_EXPERIMENTS_PROGRESS_H_
#define MINIDL_EXPERIMENTS_PROGRESS_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "proto/run_record.pb.h"

namespace minidl {

// Shows how far a study is. On a terminal one line (see ProgressLine) that
// changes in place, also while nothing ends, and fits the terminal's width at
// the time; elsewhere, as on a terminal that TERM calls dumb, one line for each
// round that has ended. There are no colours or other escape codes in either.
class Progress {
 public:
  // `total` rounds to come, of all architectures together. The errors that are
  // shown count those of `earlier` too.
  Progress(int total, std::FILE* stream,
           absl::Span<const proto::RunRecord> earlier = {});
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // A round has begun.
  void Started(const std::string& architecture, int round);

  // One has ended, whether Started was told of it or not, and left `record`.
  void Finished(const proto::RunRecord& record);

  // Ends the changing line, so that other text can follow.
  void End();

 private:
  using Clock = std::chrono::steady_clock;
  using Round = std::pair<std::string, int>;  // Architecture and round.

  // All of these are called with mutex_ held.
  void AddError(const proto::RunRecord& record);
  std::string Line(size_t columns) const;
  void Show();

  const int total_;
  std::FILE* const stream_;
  const bool is_terminal_;
  const Clock::time_point start_;

  std::mutex mutex_;  // Guards what follows, and the stream.
  int finished_ = 0;
  int diverged_ = 0;
  std::vector<Round> running_;  // In the order in which they began.
  Round latest_;                // That ended.
  std::map<std::string, std::vector<double>> errors_;  // By architecture.
  std::optional<Clock::time_point> end_;               // When all will be done.
  size_t shown_ = 0;  // Columns of the line on the terminal.

  bool ended_ = false;
  std::condition_variable end_wanted_;
  std::thread refreshing_;
};

// "convnet round 3: test error 16.30 %", or what became of it instead.
std::string DescribeRound(const proto::RunRecord& record);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_PROGRESS_H_
