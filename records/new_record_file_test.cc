#include "records/new_record_file.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "records/record_file_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(NewRecordFileTest, AppearsWithAllRecords) {
  const std::string path = TestFile("a.tfrecord");
  // More than the buffer holds.
  const std::vector<std::string> payloads = {
      "first", "", std::string(1'500'000, 'x'), "last"};
  absl::StatusOr<NewRecordFile> file = NewRecordFile::Create(path);
  ASSERT_THAT(file, IsOk());
  for (const std::string& payload : payloads) {
    ASSERT_THAT(file->Append(payload), IsOk());
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  ASSERT_THAT(file->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Frames(payloads)));
}

TEST(NewRecordFileTest, NeverOverwrites) {
  const std::string path = TestFile("a.tfrecord");
  ASSERT_THAT(WriteFile(path, "results"), IsOk());
  EXPECT_THAT(NewRecordFile::Create(path),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(path)));
}

TEST(NewRecordFileTest, FullDeviceIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP();
  absl::StatusOr<NewRecordFile> file = NewRecordFile::Create("/dev/full");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->Append("first"), IsOk());
  EXPECT_THAT(file->Commit(), StatusIs(absl::StatusCode::kResourceExhausted,
                                       HasSubstr("/dev/full: cannot write")));
}

}  // namespace
}  // namespace minidl
