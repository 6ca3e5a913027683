#include "tools/verify_records.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "records/good_records.h"
#include "records/record_reader.h"
#include "records/run_records.h"
#include "statistics/number_format.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {
namespace {

// Whether all of the file is good; its lines are printed. An error if that is
// not possible.
absl::StatusOr<bool> VerifyFile(const std::string& path,
                                const Console& console) {
  int64_t problems = 0;
  const auto report = [&](absl::string_view problem) {
    ++problems;
    return console.print(absl::StrCat(problem, "\n"));
  };
  absl::StatusOr<RecordReader> reader = RecordReader::Open(path);
  if (!reader.ok()) {
    MINIDL_RETURN_IF_ERROR(report(reader.status().message()));
    return false;
  }
  int64_t good = 0;
  absl::Status printed;
  const absl::Status status = ForEachGoodRecord(
      *reader,
      [&](const GoodRecord& record) {
        const absl::Status parsed = ParseRunRecord(record.payload).status();
        if (parsed.ok()) {
          ++good;
        } else {
          printed =
              report(absl::StrCat(path, ": record ", record.number, " at byte ",
                                  record.begin, " ", parsed.message()));
        }
        return printed;
      },
      [&](const Gap& gap) { return printed = report(DescribeGap(gap)); });
  MINIDL_RETURN_IF_ERROR(printed);
  if (!status.ok()) MINIDL_RETURN_IF_ERROR(report(status.message()));
  MINIDL_RETURN_IF_ERROR(console.print(absl::StrCat(
      path, ": ", FormatCount(good), " good ", good == 1 ? "record" : "records",
      " in ", FormatCount(reader->offset()), " bytes",
      problems == 0 ? "" : ", but not all is good", "\n")));
  return problems == 0;
}

}  // namespace

absl::Status VerifyRecords(const std::vector<std::string>& files,
                           const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  size_t bad = 0;
  for (const std::string& path : paths) {
    MINIDL_ASSIGN_OR_RETURN(const bool good, VerifyFile(path, console));
    if (!good) ++bad;
  }
  if (bad == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(bad, " of ", paths.size(), " files ",
                                          bad == 1 ? "is" : "are",
                                          " not good all through"));
}

}  // namespace minidl
