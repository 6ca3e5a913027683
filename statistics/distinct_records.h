#ifndef MINIDL_STATISTICS_DISTINCT_RECORDS_H_
#define MINIDL_STATISTICS_DISTINCT_RECORDS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"

namespace minidl {

struct DistinctRecords {
  // By architecture's name, study, seed and round: the order does not depend on
  // that of the input, into which these point.
  std::vector<const proto::RunRecord*> records;
  // How many records were left out because they are there already.
  int64_t duplicates = 0;
};

// `records` without repetitions, as two copies of a file, or the same round run
// twice, give. FailedPrecondition if a round of an architecture in a study of a
// seed is there twice with different contents, whatever its `environment`.
//
// Interruptions are no contents: one is left out, and not counted as a
// duplicate, where another record of its round is there.
absl::StatusOr<DistinctRecords> FindDistinctRecords(
    absl::Span<const proto::RunRecord> records);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_DISTINCT_RECORDS_H_
