#include "experiments/live_page.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/record_file_testutil.h"
#include "records/run_record_testutil.h"
#include "report/page_data.pb.h"

namespace minidl {
namespace {

using proto::RunProgress;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LivePageTest : public testing::Test {
 protected:
  LivePage Page(std::chrono::steady_clock::duration interval) {
    return LivePage(study_, {path_, /*total=*/40, interval});
  }

  const Study study_ = SmallStudy();
  const std::string path_ = TestFile("page.html");
};

TEST_F(LivePageTest, SaysHowFarTheStudyIs) {
  LivePage page = Page(std::chrono::seconds(0));
  ASSERT_THAT(page.Write({}, RunProgress::RUNNING), IsOk());
  EXPECT_THAT(
      ReadFile(path_),
      IsOkAndHolds(AllOf(HasSubstr(R"("state":"RUNNING","done":0,"total":40)"),
                         HasSubstr(study_.message.name()))));

  proto::RunRecord interrupted = DivergedRecord("a", 2);
  interrupted.set_status(proto::RunRecord::INTERRUPTED);
  const std::vector<proto::RunRecord> records = {
      FinishedRecord("a", 0), DivergedRecord("a", 1), interrupted};
  ASSERT_THAT(page.Write(records, RunProgress::INTERRUPTED), IsOk());
  EXPECT_THAT(
      ReadFile(path_),
      IsOkAndHolds(HasSubstr(R"("state":"INTERRUPTED","done":2,"total":40)")));
}

TEST_F(LivePageTest, RefreshesWhenTheIntervalIsOver) {
  LivePage page = Page(std::chrono::seconds(0));
  page.Refresh({FinishedRecord("a", 0)});
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(HasSubstr(R"("done":1)")));
  // Again after a rest, which is as long as writing was, times a number.
  while (!absl::StrContains(*ReadFile(path_), R"("done":3)")) {
    page.Refresh({FinishedRecord("a", 0), FinishedRecord("a", 1),
                  FinishedRecord("a", 2)});
  }
  LivePage slow = Page(std::chrono::hours(1));
  slow.Refresh({FinishedRecord("a", 0), FinishedRecord("a", 1)});
  slow.Refresh(
      {FinishedRecord("a", 0), FinishedRecord("a", 1), FinishedRecord("a", 2)});
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(HasSubstr(R"("done":2)")));
}

TEST_F(LivePageTest, NoPathIsNoPage) {
  LivePage page(study_, {/*path=*/"", /*total=*/40});
  page.Refresh({FinishedRecord("a", 0)});
  EXPECT_THAT(page.Write({}, RunProgress::FINISHED), IsOk());
}

TEST_F(LivePageTest, OnlyWriteReportsFailures) {
  ASSERT_THAT(WriteFile(path_, "not a page"), IsOk());
  LivePage page = Page(std::chrono::seconds(0));
  page.Refresh({FinishedRecord("a", 0)});
  EXPECT_THAT(page.Write({}, RunProgress::FINISHED),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(path_)));
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("not a page"));
}

}  // namespace
}  // namespace minidl
