#include "records/run_records.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/record_file_testutil.h"
#include "records/record_reader.h"
#include "records/record_writer.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(RunRecordsTest, WhatIsAppendedIsRead) {
  const std::string path = TestFile("a.tfrecord");
  const std::vector<proto::RunRecord> written = {FinishedRecord("convnet", 0),
                                                 DivergedRecord("mlp", 0),
                                                 FinishedRecord("convnet", 1)};
  {
    absl::StatusOr<RecordWriter> writer = RecordWriter::Create(path);
    ASSERT_THAT(writer, IsOk());
    for (const proto::RunRecord& record : written) {
      ASSERT_THAT(AppendRunRecord(record, *writer), IsOk());
    }
  }
  const absl::StatusOr<std::vector<proto::RunRecord>> read =
      ReadRunRecords({path});
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->size(), written.size());
  for (size_t i = 0; i < written.size(); ++i) {
    EXPECT_EQ((*read)[i].DebugString(), written[i].DebugString());
  }
}

TEST(RunRecordsTest, SeveralFilesInOrder) {
  const std::string a = WriteTestFile("a", {FinishedRecord("convnet", 0)});
  const std::string b =
      WriteTestFile("b", {FinishedRecord("mlp", 0), FinishedRecord("mlp", 1)});
  const absl::StatusOr<std::vector<proto::RunRecord>> read =
      ReadRunRecords({b, a});
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ((*read)[1].round(), 1);
  EXPECT_EQ((*read)[2].architecture().name(), "convnet");
}

TEST(RunRecordsTest, EmptyFileHasNoRecords) {
  const std::string path = WriteTestFile("a", {});
  EXPECT_THAT(ReadRunRecords({path}), IsOkAndHolds(testing::IsEmpty()));
}

TEST(RunRecordsTest, MissingFileIsNamed) {
  EXPECT_THAT(
      ReadRunRecords({"/nonexistent/a.tfrecord"}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/a.tf")));
}

TEST(RunRecordsTest, OtherSchemaVersionsAreRefused) {
  proto::RunRecord future = FinishedRecord("convnet", 1);
  future.set_schema_version(2);
  const std::string first =
      Frames({SerializeRunRecord(FinishedRecord("convnet", 0))});
  const std::string path =
      WriteTestFile("a", {FinishedRecord("convnet", 0), future});
  EXPECT_THAT(
      ReadRunRecords({path}),
      StatusIs(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat(path, ": record 1 at byte ", first.size(),
                       " has schema version 2; this program reads version 1")));
}

TEST(RunRecordsTest, OtherPayloadsAreRefused) {
  const std::string path = TestFile("a");
  ASSERT_THAT(WriteFile(path, Frames({"\xff not protobuf"})), IsOk());
  EXPECT_THAT(ReadRunRecords({path}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(path + ": record 0 at byte 0 is not a run")));
}

TEST(RunRecordsTest, ReaderGoesOnBehindWhatIsNoRunRecord) {
  const std::string path = TestFile("a");
  const std::string good = SerializeRunRecord(FinishedRecord("convnet", 4));
  ASSERT_THAT(WriteFile(path, Frames({"\xff not protobuf", good})), IsOk());
  absl::StatusOr<RunRecordReader> reader = RunRecordReader::Open(path);
  ASSERT_THAT(reader, IsOk());
  EXPECT_FALSE(reader->Next().ok());
  const absl::StatusOr<std::optional<proto::RunRecord>> second = reader->Next();
  ASSERT_THAT(second, IsOk());
  ASSERT_TRUE(second->has_value());
  EXPECT_EQ((*second)->round(), 4);
}

TEST(RunRecordsTest, ReaderGivesTheGoodRecordsBeforeATornOne) {
  const std::string path = WriteTestFile(
      "a", {FinishedRecord("convnet", 0), FinishedRecord("convnet", 1)});
  const absl::StatusOr<std::string> contents = ReadFile(path);
  ASSERT_THAT(contents, IsOk());
  ASSERT_THAT(WriteFile(path, contents->substr(0, contents->size() - 1)),
              IsOk());

  absl::StatusOr<RunRecordReader> reader = RunRecordReader::Open(path);
  ASSERT_THAT(reader, IsOk());
  const absl::StatusOr<std::optional<proto::RunRecord>> first = reader->Next();
  ASSERT_THAT(first, IsOk());
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ((*first)->round(), 0);
  EXPECT_TRUE(IsTornTail(reader->Next().status()));
  EXPECT_TRUE(IsTornTail(ReadRunRecords({path}).status()));
}

TEST(RunRecordsTest, DataSets) {
  proto::RunRecord record;
  EXPECT_EQ(DataSetOf(record), "mnist");
  record.set_data_set("fashion_mnist");
  EXPECT_EQ(DataSetOf(record), "fashion_mnist");
}

TEST(RunRecordsTest, InterruptedRoundsHaveNotEnded) {
  EXPECT_EQ(CountEnded({}), 0);
  EXPECT_EQ(CountEnded({FinishedRecord("a", 0), InterruptedRecord("a", 1),
                        DivergedRecord("a", 2), DivergedRecord("a", 3)}),
            3);
}

TEST(RunRecordsTest, ReproducibleFormLeavesOutTheEnvironmentAlone) {
  proto::RunRecord record = FinishedRecord("convnet", 0);
  record.mutable_environment()->set_host("here");
  const proto::RunRecord form = ReproducibleForm(record);
  EXPECT_FALSE(form.has_environment());
  record.clear_environment();
  EXPECT_EQ(SerializeRunRecord(form), SerializeRunRecord(record));
}

TEST(RunRecordsDeathTest, RecordsThatCouldNotBeReadAreNotWritten) {
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create(TestFile("a"));
  ASSERT_THAT(writer, IsOk());
  EXPECT_DEATH(AppendRunRecord(proto::RunRecord(), *writer).IgnoreError(),
               "schema version 0");
}

}  // namespace
}  // namespace minidl
