#ifndef MINIDL_TOOLS_DISTINCT_RUNS_H_
#define MINIDL_TOOLS_DISTINCT_RUNS_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"

namespace minidl {

// Calls `visit` with one record of each run (a round of an architecture in a
// study of a seed) in the files at `paths`, in their order, until it returns an
// error, which is returned:
//  - of records that differ in nothing but their environment, and in what older
//    ones lack (see ComparableForm), the first;
//  - of an interrupted run only if no other record of the run is there, and
//    after all others.
// FailedPrecondition, with both places, if records of a run have different
// contents; otherwise as ForEachRunRecord. Remembers some hundred bytes a run.
// Returns how many records were left out.
absl::StatusOr<int64_t> ForEachDistinctRun(
    absl::Span<const std::string> paths,
    absl::FunctionRef<absl::Status(const proto::RunRecord& record)> visit,
    absl::FunctionRef<void(absl::string_view message)> warn);

}  // namespace minidl

#endif  // MINIDL_TOOLS_DISTINCT_RUNS_H_
