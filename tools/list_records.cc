#include "tools/list_records.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"
#include "records/run_status.h"
#include "statistics/error_rate.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {
namespace {

std::string PercentText(const proto::ErrorCount& count) {
  return FormatFixed(ErrorPercent(count), 2);
}

std::string SecondsText(const proto::RunRecord& record) {
  if (!record.has_environment()) return kNotAvailable;
  return FormatFixed(record.environment().training_seconds(), 2);
}

// Paths, which are long, come last, so that the rest stays in sight.
std::vector<Column> Columns() {
  return {{"record"},
          {"architecture", Alignment::kLeft},
          {"round"},
          {"status", Alignment::kLeft},
          {"test %"},
          {"train %"},
          {"digit %"},
          {"time s"},
          {"study", Alignment::kLeft},
          {"seed"},
          {"data set", Alignment::kLeft},
          {"file", Alignment::kLeft}};
}

std::vector<std::string> RowOf(const std::string& path, int64_t number,
                               const proto::RunRecord& record) {
  return {absl::StrCat(number),
          record.architecture().name(),
          absl::StrCat(record.round()),
          DescribeStatus(record),
          PercentText(record.errors().test()),
          PercentText(record.errors().train()),
          PercentText(record.errors().test_digits()),
          SecondsText(record),
          record.study_name(),
          absl::StrCat(record.study_seed()),
          DataSetOf(record),
          path};
}

// Prints rows as a table, kBatch at a time, so that a file of any size needs no
// more memory than those. Columns are as wide as a batch needs.
class TablePrinter {
 public:
  explicit TablePrinter(const Console& console) : console_(console) {
    table_.columns = Columns();
  }

  absl::Status Add(std::vector<std::string> row) {
    table_.rows.push_back(std::move(row));
    return table_.rows.size() < kBatch ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    std::string text = TextTable(table_);
    // One header is enough.
    if (printed_header_) text.erase(0, text.find('\n') + 1);
    printed_header_ = true;
    table_.rows.clear();
    return console_.print(text);
  }

 private:
  static constexpr size_t kBatch = 1000;

  const Console& console_;
  Table table_;
  bool printed_header_ = false;
};

}  // namespace

absl::Status ListRecords(const std::vector<std::string>& files,
                         const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  TablePrinter printer(console);
  absl::Status status;
  for (const std::string& path : paths) {
    status = ForEachRunRecord(
        path,
        [&](int64_t number, const proto::RunRecord& record) {
          return printer.Add(RowOf(path, number, record));
        },
        console.warn);
    if (!status.ok()) break;
  }
  // Also what comes before an error: the user wants to know how much is good.
  MINIDL_RETURN_IF_ERROR(printer.Flush());
  return status;
}

}  // namespace minidl
