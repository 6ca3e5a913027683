#include "tools/export_records.h"

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/proto_json.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tools/console.h"
#include "tools/record_files.h"
#include "tools/record_metrics.h"
#include "tools/tensorboard_export.h"

namespace minidl {
namespace {

// As R, pandas and Python read it.
std::string CsvNumber(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  return FormatExact(value);
}

std::string Csv(const proto::RunRecord& record, bool is_first) {
  Table table;
  table.columns = {{"study"}, {"data_set"}, {"seed"},   {"architecture"},
                   {"round"}, {"epoch"},    {"metric"}, {"value"}};
  const auto add = [&](const std::string& epoch,
                       const std::vector<Metric>& metrics) {
    for (const Metric& metric : metrics) {
      table.rows.push_back({record.study_name(), DataSetOf(record),
                            absl::StrCat(record.study_seed()),
                            record.architecture().name(),
                            absl::StrCat(record.round()), epoch, metric.name,
                            CsvNumber(metric.value)});
    }
  };
  for (int i = 0; i < record.epochs_size(); ++i) {
    add(absl::StrCat(i + 1), EpochMetrics(record.epochs(i)));
  }
  add("", RoundMetrics(record));
  const std::string text = CsvTable(table);
  // The header is for the first record alone.
  return is_first ? text : text.substr(text.find('\n') + 1);
}

std::string JsonLine(const proto::RunRecord& record, bool /*is_first*/) {
  return ProtoJson(record) + "\n";
}

// Where text goes: to a file that appears when it is complete, or to the
// console; in large pieces.
class TextOutput {
 public:
  // Without a file to the console.
  TextOutput(std::optional<AtomicFile> file, const Console& console)
      : file_(std::move(file)), console_(console) {}

  absl::Status Append(const std::string& text) {
    buffer_ += text;
    return buffer_.size() < kBufferSize ? absl::OkStatus() : Flush();
  }

  absl::Status Finish() {
    MINIDL_RETURN_IF_ERROR(Flush());
    return file_.has_value() ? file_->Commit() : absl::OkStatus();
  }

 private:
  static constexpr size_t kBufferSize = 1 << 20;

  absl::Status Flush() {
    const absl::Status written =
        file_.has_value() ? file_->Write(buffer_) : console_.print(buffer_);
    buffer_.clear();
    return written;
  }

  std::optional<AtomicFile> file_;
  const Console& console_;
  std::string buffer_;
};

absl::Status ExportText(const std::vector<std::string>& paths,
                        std::string (*format)(const proto::RunRecord& record,
                                              bool is_first),
                        const std::string& output,
                        const std::atomic<bool>& cancelled,
                        const Console& console) {
  std::optional<AtomicFile> file;
  if (!output.empty() && output != "-") {
    MINIDL_ASSIGN_OR_RETURN(const std::string target, OutputPath(output));
    MINIDL_ASSIGN_OR_RETURN(
        AtomicFile created,
        AtomicFile::Create(target, AtomicFile::Existing::kRefuse));
    file.emplace(std::move(created));
  }
  TextOutput text(std::move(file), console);
  bool is_first = true;
  for (const std::string& path : paths) {
    MINIDL_RETURN_IF_ERROR(ForEachRunRecord(
        path,
        [&](int64_t, const proto::RunRecord& record) {
          if (cancelled) return InterruptedError(output);
          const bool first = std::exchange(is_first, false);
          return text.Append(format(record, first));
        },
        console.warn));
  }
  if (cancelled) return InterruptedError(output);
  return text.Finish();
}

}  // namespace

absl::Status ExportRecords(const std::vector<std::string>& files,
                           const std::string& format, const std::string& output,
                           const std::atomic<bool>& cancelled,
                           const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  if (format == "csv") {
    return ExportText(paths, Csv, output, cancelled, console);
  }
  if (format == "jsonl") {
    return ExportText(paths, JsonLine, output, cancelled, console);
  }
  if (format == "tensorboard") {
    return ExportTensorBoard(paths, output, cancelled, console);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown format '", format, "'; expected csv, jsonl or tensorboard"));
}

}  // namespace minidl
