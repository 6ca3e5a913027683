#include "tools/show_records.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/printable.h"
#include "base/status_macros.h"
#include "google/protobuf/text_format.h"
#include "proto/run_record.pb.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {

absl::Status ShowRecords(const std::vector<std::string>& files,
                         const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  absl::string_view separator = "";
  for (const std::string& path : paths) {
    MINIDL_RETURN_IF_ERROR(ForEachRunRecord(
        path,
        [&](int64_t number, const proto::RunRecord& record) {
          std::string text;
          printer.PrintToString(record, &text);
          const std::string comment =
              absl::StrCat("# ", path, ": record ", number, ", ",
                           PrintableLine(record.architecture().name()),
                           ", round ", record.round(), "\n");
          const absl::Status printed =
              console.print(absl::StrCat(separator, comment, text));
          separator = "\n";
          return printed;
        },
        console.warn));
  }
  return absl::OkStatus();
}

}  // namespace minidl
