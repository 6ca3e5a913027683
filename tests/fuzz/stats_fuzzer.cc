// What run records say: frames around payloads, as statistics in every format,
// as a page, and as a table.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "experiments/replay.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/frame.h"
#include "records/run_records.h"
#include "report/page.h"
#include "report/page_data.h"
#include "report/page_data.pb.h"
#include "statistics/study_statistics.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_input.h"
#include "tools/console.h"
#include "tools/list_records.h"
#include "tools/show_records.h"
#include "tools/stats.h"

namespace minidl {
namespace {

const Console kConsole = {
    [](absl::string_view) { return absl::OkStatus(); },
    [](absl::string_view) {},
    [](absl::string_view) {},
};

// How many '<' are in `text`. std::count, which the sanitizers make the fuzzer
// observe for each byte, would take most of its time.
int CountTags(absl::string_view text) {
  int count = 0;
  for (size_t i = text.find('<'); i != absl::string_view::npos;
       i = text.find('<', i + 1)) {
    ++count;
  }
  return count;
}

// Nothing in the data ends the script that they are in, or begins a comment or
// another script there:
// https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
void CheckPage(const std::vector<proto::RunRecord>& records) {
  const absl::StatusOr<proto::StudyStatistics> statistics =
      ComputeStudyStatistics(records, {});
  if (!statistics.ok()) return;
  static const std::string empty = PageHtml(proto::PageData());
  const std::string page = PageHtml(MakePageData(records, *statistics));
  MINIDL_CHECK(CountTags(page) == CountTags(empty), "the data have a <");
}

}  // namespace
}  // namespace minidl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  std::string contents;
  std::vector<minidl::proto::RunRecord> records;
  while (!input.empty()) {
    const std::string payload(input.TakeSized());
    const auto record = minidl::ParseRunRecord(payload);
    if (!record.ok()) continue;
    contents += minidl::Frame(payload);
    records.push_back(*record);
    (void)minidl::CheckReplay(*record);
  }
  if (records.empty()) return 0;
  const minidl::FuzzFile file(contents);
  for (const char* format : {"text", "markdown", "latex", "csv", "json"}) {
    minidl::StatsOptions options;
    options.files = {file.path()};
    options.format = format;
    (void)minidl::PrintStats(options, minidl::kConsole);
  }
  (void)minidl::ListRecords({file.path()}, minidl::kConsole);
  (void)minidl::ShowRecords({file.path()}, minidl::kConsole);
  minidl::CheckPage(records);
  return 0;
}
