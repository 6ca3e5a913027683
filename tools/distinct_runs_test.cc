#include "tools/distinct_runs.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The runs that are visited, as "architecture round status".
struct Visits {
  std::vector<std::string> runs;
  absl::StatusOr<int64_t> left_out;
};

Visits Visit(const std::vector<std::string>& paths) {
  Visits visits;
  visits.left_out = ForEachDistinctRun(
      paths,
      [&visits](const proto::RunRecord& record) {
        visits.runs.push_back(
            absl::StrCat(record.architecture().name(), " ", record.round(), " ",
                         proto::RunRecord::Status_Name(record.status())));
        return absl::OkStatus();
      },
      [](absl::string_view) { FAIL(); });
  return visits;
}

TEST(DistinctRunsTest, RepetitionsAreLeftOut) {
  proto::RunRecord rerun = FinishedRecord("convnet", 0);
  rerun.mutable_environment()->set_training_seconds(7);
  proto::RunRecord other_seed = FinishedRecord("convnet", 0);
  other_seed.set_study_seed(9);
  const std::string a = WriteTestFile(
      "a", {FinishedRecord("convnet", 1), FinishedRecord("convnet", 0)});
  const std::string b =
      WriteTestFile("b", {rerun, DivergedRecord("mlp", 0), other_seed});
  const Visits visits = Visit({a, b, a});
  EXPECT_THAT(visits.left_out, IsOkAndHolds(3));
  EXPECT_THAT(visits.runs,
              ElementsAre("convnet 1 FINISHED", "convnet 0 FINISHED",
                          "mlp 0 DIVERGED", "convnet 0 FINISHED"));
}

TEST(DistinctRunsTest, OlderRecordsAreRepetitions) {
  proto::RunRecord newer = FinishedRecord("convnet", 0);
  newer.set_data_set("mnist");
  newer.set_test_data_hash(5);
  const std::string a =
      WriteTestFile("a", {FinishedRecord("convnet", 0), newer});
  EXPECT_THAT(Visit({a}).left_out, IsOkAndHolds(1));
  newer.set_data_set("fashion_mnist");
  const std::string b = WriteTestFile("b", {newer});
  EXPECT_THAT(Visit({a, b}).left_out,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("different contents")));
}

TEST(DistinctRunsTest, ContradictionsAreErrors) {
  const std::string a = WriteTestFile(
      "a", {FinishedRecord("mlp", 3), FinishedRecord("convnet", 3, 165)});
  const std::string b = WriteTestFile("b", {FinishedRecord("convnet", 3, 166)});
  EXPECT_THAT(Visit({a, b}).left_out,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(b + ": record 0 and " + a +
                                       ": record 1 are both round 3 of "
                                       "convnet in study test_study"),
                             HasSubstr("different contents"))));
}

TEST(DistinctRunsTest, InterruptionsGiveWayAndComeLast) {
  const std::string a = WriteTestFile(
      "a", {InterruptedRecord("mlp", 1), InterruptedRecord("mlp", 0),
            InterruptedRecord("mlp", 1), FinishedRecord("convnet", 0)});
  const std::string b = WriteTestFile("b", {FinishedRecord("mlp", 0)});
  const Visits visits = Visit({a, b});
  EXPECT_THAT(visits.left_out, IsOkAndHolds(2));
  EXPECT_THAT(visits.runs, ElementsAre("convnet 0 FINISHED", "mlp 0 FINISHED",
                                       "mlp 1 INTERRUPTED"));
}

TEST(DistinctRunsTest, TheVisitorsErrorIsReturned) {
  const std::string a = WriteTestFile("a", {FinishedRecord("mlp", 0)});
  EXPECT_THAT(ForEachDistinctRun(
                  {a},
                  [](const proto::RunRecord&) {
                    return absl::CancelledError("enough");
                  },
                  [](absl::string_view) {}),
              StatusIs(absl::StatusCode::kCancelled, "enough"));
}

}  // namespace
}  // namespace minidl
