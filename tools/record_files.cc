#include "tools/record_files.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "proto/run_record.pb.h"
#include "records/record_reader.h"
#include "records/run_records.h"

namespace minidl {

absl::StatusOr<std::vector<std::string>> RecordFilePaths(
    const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    if (absl::StartsWith(argument, "@")) {
      MINIDL_ASSIGN_OR_RETURN(const std::string list,
                              ReadFile(UserPath(argument.substr(1))));
      for (const absl::string_view line :
           absl::StrSplit(list, '\n', absl::SkipEmpty())) {
        paths.push_back(UserPath(std::string(line)));
      }
    } else {
      paths.push_back(argument == "-" ? "/dev/stdin" : UserPath(argument));
    }
  }
  if (paths.empty()) {
    return absl::InvalidArgumentError(
        "no record file given; name one or more, or - for standard input");
  }
  return paths;
}

absl::StatusOr<std::string> OutputPath(const std::string& output) {
  if (output.empty()) {
    return absl::InvalidArgumentError(
        "no --output given; name the file to write, or - for standard output");
  }
  return output == "-" ? "/dev/stdout" : UserPath(output);
}

absl::Status InterruptedError(const std::string& output) {
  return absl::CancelledError(
      absl::StrCat("interrupted; ", output, " has not been written"));
}

absl::Status ForEachRunRecord(
    const std::string& path,
    absl::FunctionRef<absl::Status(int64_t number,
                                   const proto::RunRecord& record)>
        visit,
    absl::FunctionRef<void(absl::string_view message)> warn) {
  MINIDL_ASSIGN_OR_RETURN(RunRecordReader reader, RunRecordReader::Open(path));
  for (int64_t number = 0;; ++number) {
    const absl::StatusOr<std::optional<proto::RunRecord>> record =
        reader.Next();
    if (IsTornTail(record.status())) {
      warn(absl::StrCat(record.status().message(), "; it is left out"));
      return absl::OkStatus();
    }
    if (IsBadRecord(record.status())) {
      return absl::Status(
          record.status().code(),
          absl::StrCat(record.status().message(),
                       "; `records repair` writes what is good of the file to "
                       "another"));
    }
    MINIDL_RETURN_IF_ERROR(record.status());
    if (!record->has_value()) return absl::OkStatus();
    MINIDL_RETURN_IF_ERROR(visit(number, **record));
  }
}

}  // namespace minidl
