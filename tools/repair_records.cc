#include "tools/repair_records.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "records/good_records.h"
#include "records/new_record_file.h"
#include "records/record_reader.h"
#include "statistics/number_format.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {

absl::Status RepairRecords(const std::vector<std::string>& files,
                           const std::string& output,
                           const std::atomic<bool>& cancelled,
                           const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  if (paths.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        paths.size(), " record files given; repair takes one at a time"));
  }
  MINIDL_ASSIGN_OR_RETURN(const std::string target, OutputPath(output));
  MINIDL_ASSIGN_OR_RETURN(RecordReader reader,
                          RecordReader::Open(paths.front()));
  MINIDL_ASSIGN_OR_RETURN(NewRecordFile repaired,
                          NewRecordFile::Create(target));
  int64_t lost_bytes = 0;
  MINIDL_RETURN_IF_ERROR(ForEachGoodRecord(
      reader,
      [&](const GoodRecord& record) {
        if (cancelled) return InterruptedError(target);
        return repaired.Append(record.payload);
      },
      [&](const Gap& gap) {
        lost_bytes += gap.end - gap.begin;
        console.warn(DescribeGap(gap));
        return absl::OkStatus();
      }));
  if (cancelled) return InterruptedError(target);
  MINIDL_RETURN_IF_ERROR(repaired.Commit());
  console.note(absl::StrCat(target, ": ", FormatCount(reader.num_records()),
                            " good records; ", FormatCount(lost_bytes), " of ",
                            FormatCount(reader.offset()), " bytes are lost"));
  return absl::OkStatus();
}

}  // namespace minidl
