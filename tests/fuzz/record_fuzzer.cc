// Record files: the first byte says whether the rest is one as it is, or made
// of frames around payloads, and of damage between them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "records/frame.h"
#include "records/good_records.h"
#include "records/record_reader.h"
#include "records/record_writer.h"
#include "records/run_records.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_input.h"

namespace minidl {
namespace {

std::string FileOf(FuzzInput input) {
  const uint8_t choice = input.TakeByte();
  if (choice % 2 == 0) return std::string(input.rest());
  std::string file;
  while (!input.empty()) {
    const uint8_t kind = input.TakeByte();
    const absl::string_view bytes = input.TakeSized();
    const std::string frame = Frame(bytes);
    switch (kind % 4) {
      case 0:
      case 1:
        file += frame;
        break;
      case 2:  // Torn.
        file += frame.substr(0, kind);
        break;
      case 3:  // Anything.
        file.append(bytes.data(), bytes.size());
        break;
    }
  }
  return file;
}

// The payloads of all good records, and whether there are any gaps.
struct Contents {
  std::vector<std::string> payloads;
  bool has_gaps = false;
};

Contents Read(const std::string& file) {
  const FuzzFile fuzz_file(file);
  RecordReader reader = RecordReader::Open(fuzz_file.path()).value();
  Contents contents;
  int64_t end = 0;  // Of what has been told.
  const absl::Status status = ForEachGoodRecord(
      reader,
      [&](const GoodRecord& record) {
        MINIDL_CHECK(record.begin == end, "bytes are left out");
        end += static_cast<int64_t>(Frame(record.payload).size());
        contents.payloads.push_back(record.payload);
        return absl::OkStatus();
      },
      [&](const Gap& gap) {
        MINIDL_CHECK(gap.begin == end && gap.end > gap.begin, DescribeGap(gap));
        end = gap.end;
        contents.has_gaps = true;
        return absl::OkStatus();
      });
  MINIDL_CHECK(status.ok(), status.ToString());
  MINIDL_CHECK(end == static_cast<int64_t>(file.size()), "the end at ", end);
  return contents;
}

}  // namespace
}  // namespace minidl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string file = minidl::FileOf(minidl::FuzzInput(data, size));
  const minidl::Contents contents = minidl::Read(file);

  // As `records repair` writes it.
  std::string repaired;
  for (const std::string& payload : contents.payloads) {
    repaired += minidl::Frame(payload);
  }
  const minidl::Contents again = minidl::Read(repaired);
  MINIDL_CHECK(again.payloads == contents.payloads && !again.has_gaps,
               "a repaired file is not good");
  MINIDL_CHECK(contents.has_gaps || repaired == file, "something was lost");

  // As programs read and resume it.
  const minidl::FuzzFile fuzz_file(file);
  (void)minidl::ReadRunRecords({fuzz_file.path()});
  (void)minidl::RecordWriter::OpenForAppend(fuzz_file.path());
  return 0;
}
