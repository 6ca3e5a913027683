#ifndef MINIDL_EXPERIMENTS_DISK_ROUNDS_H_
#define MINIDL_EXPERIMENTS_DISK_ROUNDS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "experiments/disk.h"

namespace minidl {

struct DiskRoundsOptions {
  DiskOptions
      training;  // Its seed is the first round's; the next has the next.
  int rounds = 1;
  int log_every = 10;  // Epochs between two lines of a single round's log.
  std::string plot;    // Path of the page to write; empty for none.
  // Path of the NumPy archive with both sets, which are then those of every
  // round; empty to draw them anew.
  std::string data;
};

// Trains the rounds and prints to standard output: the loss of a single round's
// epochs, or of several rounds a line each; then DescribeDiskErrors. A round
// that diverges is said to have, and is not among those whose errors count.
// InvalidArgument, with the flag, before any work; OutOfRange if all rounds
// diverged; Cancelled if the training's flag ended a round early, after the
// rounds before it have been reported; the errors of ReadDiskSets and
// WritePage.
absl::Status RunDiskRounds(const DiskRoundsOptions& options);

// The errors, in percent, of the rounds of `rounds` that did not diverge, of
// which there is at least one: of a single round as
//
//   train error: 0.10%
//   test error: 0.90%
//
// and of several after a line with their number, with standard deviations (of n
// - 1, or n/a of one) as "test error: 0.90% ± 0.32%".
std::string DescribeDiskErrors(int rounds,
                               absl::Span<const double> train_errors,
                               absl::Span<const double> test_errors);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_DISK_ROUNDS_H_
