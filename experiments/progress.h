#ifndef MINIDL_EXPERIMENTS_PROGRESS_H_
#define MINIDL_EXPERIMENTS_PROGRESS_H_

#include <chrono>
#include <cstdio>
#include <string>

#include "proto/run_record.pb.h"

namespace minidl {

// Shows how far a study is. On a terminal one line that changes in place, and
// fits the terminal's width at the time; elsewhere one line for each round.
class Progress {
 public:
  // `total` rounds to come, of all architectures together.
  Progress(int total, std::FILE* stream);

  // One of them has ended, and left `record`.
  void Finished(const proto::RunRecord& record);

  // Ends the changing line, so that other text can follow.
  void End();

 private:
  void Show(const std::string& latest);

  const int total_;
  std::FILE* const stream_;
  const bool is_terminal_;
  const std::chrono::steady_clock::time_point start_;
  int finished_ = 0;
};

// "convnet round 3: test error 16.30 %", or what became of it instead.
std::string DescribeRound(const proto::RunRecord& record);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_PROGRESS_H_
