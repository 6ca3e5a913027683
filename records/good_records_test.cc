#include "records/good_records.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "records/frame.h"
#include "records/record_file_testutil.h"
#include "records/record_reader.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

// What there is in a file: "number@begin:payload", and "begin-end" for a gap
// with a record behind it, "begin-end." for one at the end of the file.
std::vector<std::string> Walk(const std::string& contents) {
  const std::string path = TestFile("a.tfrecord");
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  RecordReader reader = *RecordReader::Open(path);
  std::vector<std::string> found;
  EXPECT_THAT(
      ForEachGoodRecord(
          reader,
          [&found](const GoodRecord& record) {
            found.push_back(absl::StrCat(record.number, "@", record.begin, ":",
                                         record.payload));
            return absl::OkStatus();
          },
          [&found](const Gap& gap) {
            found.push_back(absl::StrCat(gap.begin, "-", gap.end,
                                         gap.record_follows ? "" : "."));
            return absl::OkStatus();
          }),
      IsOk());
  return found;
}

TEST(GoodRecordsTest, GoodFilesHaveNoGaps) {
  EXPECT_THAT(Walk(""), ElementsAre());
  EXPECT_THAT(Walk(Frames({"a", "bb"})), ElementsAre("0@0:a", "1@17:bb"));
}

TEST(GoodRecordsTest, Gaps) {
  std::string bad = Frame("bad");  // 19 bytes.
  bad[kFrameHeaderSize] = 'B';
  const std::string a = Frame("a");
  EXPECT_THAT(Walk(bad + a), ElementsAre("0-19", "0@19:a"));
  EXPECT_THAT(Walk(a + bad + bad + a), ElementsAre("0@0:a", "17-55", "1@55:a"));
  EXPECT_THAT(Walk(a + bad), ElementsAre("0@0:a", "17-36."));
  EXPECT_THAT(Walk(a + a.substr(0, 5)), ElementsAre("0@0:a", "17-22."));
  EXPECT_THAT(Walk(a.substr(0, 14) + a), ElementsAre("0-14", "0@14:a"));
  EXPECT_THAT(Walk("text"), ElementsAre("0-4."));
}

TEST(GoodRecordsTest, GapsInWords) {
  Gap gap = {absl::DataLossError("f: record 3 at byte 300 is corrupt: why"),
             300, 420, true};
  EXPECT_EQ(DescribeGap(gap),
            "f: record 3 at byte 300 is corrupt: why; 120 bytes are lost, the "
            "next good record is at byte 420");
  gap.record_follows = false;
  EXPECT_EQ(DescribeGap(gap),
            "f: record 3 at byte 300 is corrupt: why; 120 bytes are lost, no "
            "good record follows");
}

TEST(GoodRecordsTest, StopsAtTheVisitorsError) {
  const std::string path = TestFile("a.tfrecord");
  ASSERT_THAT(WriteFile(path, Frames({"a", "b"}) + "torn"), IsOk());
  const absl::Status enough = absl::CancelledError("enough");
  const auto ok = [](const auto&) { return absl::OkStatus(); };
  int visited = 0;
  const auto stop = [&](const auto&) {
    ++visited;
    return enough;
  };
  RecordReader first = *RecordReader::Open(path);
  EXPECT_EQ(ForEachGoodRecord(first, stop, ok), enough);
  EXPECT_EQ(visited, 1);
  RecordReader second = *RecordReader::Open(path);
  EXPECT_EQ(ForEachGoodRecord(second, ok, stop), enough);
}

TEST(GoodRecordsTest, FilesThatCannotBeRead) {
  RecordReader directory = *RecordReader::Open(testing::TempDir());
  const auto ok = [](const auto&) { return absl::OkStatus(); };
  EXPECT_THAT(ForEachGoodRecord(directory, ok, ok),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::HasSubstr("cannot read")));
}

}  // namespace
}  // namespace minidl
