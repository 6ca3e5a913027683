#ifndef MINIDL_EXPERIMENTS_PROGRESS_LINE_H_
#define MINIDL_EXPERIMENTS_PROGRESS_LINE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace minidl {

// How far a study is.
struct ProgressState {
  int finished = 0;  // Rounds of all architectures together, diverged ones too.
  int total = 0;
  int diverged = 0;
  // The round that runs, from 0, or has ended last; empty before any has begun.
  std::string architecture;
  int round = 0;
  int more_running = 0;  // Other rounds that run at the same time.
  // Test errors of that architecture's rounds so far, in percent.
  std::vector<double> errors;
  std::optional<double> seconds_left;
};

// One line of at most `columns` characters about `state`, which has all that
// fits: with room enough
//
//   12 of 40 rounds [######--------------] | convnet_aux round 3 | test error
//   4.90 ± 0.59 % | about 1 min 05 s left
//
// and without it "12/40 | convnet_aux 3 | 1 min 05 s", or less.
std::string ProgressLine(const ProgressState& state, size_t columns);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_PROGRESS_LINE_H_
