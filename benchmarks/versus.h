#ifndef MINIDL_BENCHMARKS_VERSUS_H_
#define MINIDL_BENCHMARKS_VERSUS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "benchmarks/training_result.h"

// What comparing two frameworks takes beside the frameworks.
namespace minidl {

// Who trains, and with which environment variables beside those of this
// process, "NAME=value".
struct Side {
  std::string name;  // "ours"
  std::vector<std::string> environment;
};

// "ours", "plain" and "tuned".
std::vector<Side> Sides();

// Makes libraries that would use a thread for every core use one: to be called
// first of all in main, since they have read the environment already. Starts
// this program again, with the environment changed, unless that was done.
absl::Status UseOneThread(char** argv);

// Runs this program again with `arguments` and those environment variables, and
// returns what it printed to stdout. An error unless it ends with exit code 0.
absl::StatusOr<std::string> RunThisProgram(
    const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment);

// A result as one line of text that has every digit, and back.
// InvalidArgument, with the text, for anything else.
std::string FormatResult(const TrainingResult& result);
absl::StatusOr<TrainingResult> ParseResult(absl::string_view text);

// Whether two trainings that started from the same weights and saw the same
// batches are the same but for rounding. That grows from step to step until
// they are only alike: the mean losses of the first epoch may differ by 1 %;
// of later epochs, how far the loss has come down from there until the last one
// may differ by 10 %, and come down it must. An error says what differs.
absl::Status CheckSameTraining(absl::Span<const double> losses,
                               absl::Span<const double> other_losses);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_VERSUS_H_
