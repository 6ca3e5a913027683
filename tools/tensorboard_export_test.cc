#include "tools/tensorboard_export.h"

#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/record_file_testutil.h"
#include "records/record_reader.h"
#include "records/run_record_testutil.h"
#include "tools/console_testutil.h"
#include "tools/tensorboard_event.pb.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class TensorBoardExportTest : public testing::Test {
 protected:
  absl::Status Export(const std::vector<proto::RunRecord>& records) {
    return ExportTensorBoard({WriteTestFile("a", records)}, output_, cancelled_,
                             fake_.console);
  }

  // Relative to the output.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(output_)) {
      if (entry.is_regular_file()) {
        files.push_back(std::filesystem::relative(entry.path(), output_));
      }
    }
    return files;
  }

  size_t NumSiblings() const {
    return std::distance(std::filesystem::directory_iterator(
                             std::filesystem::path(output_).parent_path()),
                         {});
  }

  const std::string output_ = TestFile("board");
  std::atomic<bool> cancelled_ = false;
  FakeConsole fake_;
};

TEST_F(TensorBoardExportTest, ADirectoryForEachRun) {
  proto::RunRecord timed = FinishedRecord("mlp", 12);
  timed.mutable_environment()->set_start_time_ms(1'700'000'000'500);
  ASSERT_THAT(Export({FinishedRecord("convnet", 0), timed,
                      FinishedRecord("convnet", 0)}),
              IsOk());
  EXPECT_THAT(Files(),
              UnorderedElementsAre("test_study/seed_0/convnet/round_0/"
                                   "events.out.tfevents.0000000000.minidl",
                                   "test_study/seed_0/mlp/round_12/"
                                   "events.out.tfevents.1700000000.minidl"));
  EXPECT_THAT(fake_.notes, ElementsAre(output_ + ": 2 runs"));
}

TEST_F(TensorBoardExportTest, EventsOfARun) {
  proto::RunRecord record = DivergedRecord("mlp", 0);
  record.mutable_environment()->set_start_time_ms(1'700'000'000'500);
  record.add_epochs()->set_loss(2.5);
  record.add_epochs()->set_loss(std::nan(""));
  ASSERT_THAT(Export({record}), IsOk());
  ASSERT_THAT(Files(), SizeIs(1));
  RecordReader reader =
      *RecordReader::Open(absl::StrCat(output_, "/", Files()[0]));
  std::vector<proto::tensorboard::Event> events;
  for (const std::string& payload : ReadPayloads(reader)) {
    ASSERT_TRUE(events.emplace_back().ParseFromString(payload));
  }
  ASSERT_THAT(events, SizeIs(4));
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  EXPECT_EQ(events[0].wall_time(), 1'700'000'000.5);
  EXPECT_EQ(events[1].step(), 1);
  EXPECT_EQ(events[1].wall_time(), 1'700'000'001.25);
  EXPECT_EQ(events[1].summary().value(0).tag(), "epoch/loss");
  EXPECT_EQ(events[1].summary().value(0).simple_value(), 2.5);
  EXPECT_EQ(events[2].step(), 2);
  EXPECT_TRUE(std::isnan(events[2].summary().value(0).simple_value()));
  EXPECT_EQ(events[3].step(), 2);
  EXPECT_EQ(events[3].summary().value(0).tag(), "round/finished");
  EXPECT_TRUE(events[3].summary().value(0).has_simple_value());
  EXPECT_EQ(events[3].summary().value(8).tag(), "round/stopped_loss");
  EXPECT_EQ(events[3].summary().value(8).simple_value(),
            std::numeric_limits<float>::infinity());
}

TEST_F(TensorBoardExportTest, NoErrorLeavesAnything) {
  proto::RunRecord evil = FinishedRecord("../../evil", 0);
  EXPECT_THAT(Export({FinishedRecord("mlp", 0), evil}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("\"../../evil\", which no directory")));
  EXPECT_EQ(NumSiblings(), 1u);  // The input.
  // At the next record, before its error, and at the end.
  cancelled_ = true;
  for (const auto& records : {std::vector{evil}, {}}) {
    EXPECT_THAT(Export(records),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr(output_)));
    EXPECT_EQ(NumSiblings(), 1u);
  }
}

TEST_F(TensorBoardExportTest, NothingIsOverwritten) {
  ASSERT_THAT(WriteFile(output_, "results"), IsOk());
  EXPECT_THAT(Export({FinishedRecord("mlp", 0)}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(output_)));
  EXPECT_THAT(ReadFile(output_), IsOkAndHolds("results"));
}

}  // namespace
}  // namespace minidl
