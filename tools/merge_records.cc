#include "tools/merge_records.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "records/new_record_file.h"
#include "records/run_records.h"
#include "statistics/number_format.h"
#include "tools/console.h"
#include "tools/distinct_runs.h"
#include "tools/record_files.h"

namespace minidl {

namespace {

struct Part {
  absl::string_view name;
  void (proto::RunRecord::*clear)();
};

// What a record says as much without.
constexpr Part kParts[] = {
    {"environment", &proto::RunRecord::clear_environment},
    {"epochs", &proto::RunRecord::clear_epochs},
    {"mistakes", &proto::RunRecord::clear_mistakes},
};

absl::StatusOr<std::vector<Part>> FindParts(
    const std::vector<std::string>& names) {
  std::vector<Part> parts;
  for (const std::string& name : names) {
    const Part* found =
        std::find_if(std::begin(kParts), std::end(kParts),
                     [&name](const Part& part) { return part.name == name; });
    if (found == std::end(kParts)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--without names '", name,
                       "'; expected environment, epochs or mistakes"));
    }
    parts.push_back(*found);
  }
  return parts;
}

}  // namespace

absl::Status MergeRecords(const std::vector<std::string>& files,
                          const std::vector<std::string>& without,
                          const std::string& output,
                          const std::atomic<bool>& cancelled,
                          const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<Part> parts, FindParts(without));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  MINIDL_ASSIGN_OR_RETURN(const std::string target, OutputPath(output));
  MINIDL_ASSIGN_OR_RETURN(NewRecordFile merged, NewRecordFile::Create(target));
  int64_t written = 0;
  MINIDL_ASSIGN_OR_RETURN(const int64_t left_out,
                          ForEachDistinctRun(
                              paths,
                              [&](const proto::RunRecord& record) {
                                if (cancelled) return InterruptedError(target);
                                ++written;
                                proto::RunRecord rest = record;
                                for (const Part& part : parts)
                                  (rest.*part.clear)();
                                return merged.Append(SerializeRunRecord(rest));
                              },
                              console.warn));
  if (cancelled) return InterruptedError(target);
  MINIDL_RETURN_IF_ERROR(merged.Commit());
  console.note(absl::StrCat(target, ": ", FormatCount(written), " records; ",
                            FormatCount(left_out), " repeated ones left out"));
  return absl::OkStatus();
}

}  // namespace minidl
