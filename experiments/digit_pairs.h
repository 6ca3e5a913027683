#ifndef MINIDL_EXPERIMENTS_DIGIT_PAIRS_H_
#define MINIDL_EXPERIMENTS_DIGIT_PAIRS_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace minidl {

// What the digit_pairs program is asked to do. Paths are absolute.
struct DigitPairsOptions {
  std::string study_file;
  std::string mnist_dir;  // As the flag of this name: see DataSetDirectory.
  std::string output;     // The record file.
  std::string html;       // The study's page; empty for none.
  std::string models;     // Directory for the trained networks; empty for none.

  // Instead of what the study says.
  std::vector<std::string> architectures;  // Empty: all.
  std::optional<int> rounds;
  std::optional<uint64_t> seed;
  std::optional<int> epochs;
  std::optional<std::string> data_set;

  std::optional<int> only_round;
  int jobs = 1;  // Rounds that run at the same time.
  // Whether `output` may exist, and rounds that it has are not run again.
  bool resume = false;
  // Whether those may be of another build of the program.
  bool resume_any_build = false;
  // Whether a round that diverges is the last, and an error.
  bool stop_on_divergence = false;
};

// Runs a study: every round's record goes to the output file as it ends,
// progress to stderr, and in the end, also of an interrupted run, the table of
// all records of the file to stdout. The page, if there is one, follows the
// rounds, and a finished round's network is in its model file (see ModelPath)
// before its record is written. Mistakes are found before any work, those of
// the page's path too: InvalidArgument for options and study, AlreadyExists for
// the output and the model files.
// FailedPrecondition if the output cannot be resumed. Cancelled if `cancelled`
// becomes true; the rounds that were running then are
// recorded as interrupted, unless no other record is there.
absl::Status RunDigitPairs(const DigitPairsOptions& options,
                           std::atomic<bool>& cancelled);

// Prints to stdout what RunDigitPairs would run and about how long that would
// take (see PlanText), and writes nothing. Its errors are those of
// RunDigitPairs, but for outputs that are there or cannot be written.
absl::Status PrintPlan(const DigitPairsOptions& options);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_DIGIT_PAIRS_H_
