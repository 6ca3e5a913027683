#ifndef MINIDL_TOOLS_RECORD_FILES_H_
#define MINIDL_TOOLS_RECORD_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/run_record.pb.h"

namespace minidl {

// The paths that a user means by FILE... on a command line: absolute, and
// /dev/stdin for "-". "@LIST" stands for the lines of the file LIST, of which
// there may be more than a command line takes. InvalidArgument if there are
// none.
absl::StatusOr<std::vector<std::string>> RecordFilePaths(
    const std::vector<std::string>& arguments);

// The path that a user means by --output: absolute, and /dev/stdout for "-".
// InvalidArgument if it is empty.
absl::StatusOr<std::string> OutputPath(const std::string& output);

// What an interrupted command returns that would have written `output`.
absl::Status InterruptedError(const std::string& output);

// Calls `visit` with each run record of the file at `path` and its number in
// it, from 0, until it returns an error, which is returned. A file that ends
// inside a record, as a killed run leaves it, ends there, and `warn` is told.
absl::Status ForEachRunRecord(
    const std::string& path,
    absl::FunctionRef<absl::Status(int64_t number,
                                   const proto::RunRecord& record)>
        visit,
    absl::FunctionRef<void(absl::string_view message)> warn);

}  // namespace minidl

#endif  // MINIDL_TOOLS_RECORD_FILES_H_
