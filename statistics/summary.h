#ifndef MINIDL_STATISTICS_SUMMARY_H_
#define MINIDL_STATISTICS_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "statistics/moments.h"

namespace minidl {

// What the rounds of one architecture say. Figures are over its finished
// rounds, and nullopt where no round has them.
struct ArchitectureSummary {
  std::string name;
  int64_t rounds = 0;
  int64_t finished = 0;
  int64_t diverged = 0;  // The others were interrupted.
  // nullopt if the rounds differ in it.
  std::optional<int64_t> parameter_count;
  // In percent: each round's wrong over total.
  std::optional<Moments> test_error;
  std::optional<Moments> train_error;
  std::optional<Moments> digit_error;
  std::optional<Moments> training_seconds;
};

struct Summary {
  std::vector<ArchitectureSummary> architectures;
  // What a reader of the figures must know not to be misled: see
  // ComparabilityNotes, and repeated records.
  std::vector<std::string> notes;
};

// Summarises records, grouped by architecture's name. The architectures of
// `order` come first, in that order, and the others by name. Which order the
// records have changes nothing. FailedPrecondition if
//  - a round is there twice with different contents;
//  - a record's status is one that this program does not know.
absl::StatusOr<Summary> Summarize(absl::Span<const proto::RunRecord> records,
                                  absl::Span<const std::string> order = {});

}  // namespace minidl

#endif  // MINIDL_STATISTICS_SUMMARY_H_
