#include "experiments/live_page.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "experiments/study.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_records.h"
#include "report/page.h"
#include "report/page_data.h"
#include "report/page_data.pb.h"
#include "statistics/study_statistics.h"

namespace minidl {

using Clock = std::chrono::steady_clock;

LivePage::LivePage(const Study& study, Options options)
    : study_(study), options_(std::move(options)) {}

absl::Status LivePage::Write(absl::Span<const proto::RunRecord> records,
                             proto::RunProgress::State state) {
  if (options_.path.empty()) return absl::OkStatus();
  MINIDL_ASSIGN_OR_RETURN(
      const proto::StudyStatistics statistics,
      ComputeStudyStatistics(records,
                             {/*baseline=*/"", ConfigurationNames(study_)}));
  proto::PageData data = MakePageData(records, statistics);
  proto::RunProgress& run = *data.mutable_run();
  run.set_study(study_.message.name());
  run.set_state(state);
  run.set_done(CountEnded(records));
  run.set_total(options_.total);
  run.set_time(FormatPageTime(absl::Now()));
  return WritePage(options_.path, data);
}

void LivePage::Refresh(absl::Span<const proto::RunRecord> records) {
  constexpr int kLeastRest = 19;  // Times as long as writing.
  const Clock::time_point start = Clock::now();
  if (start < next_) return;
  Write(records, proto::RunProgress::RUNNING).IgnoreError();
  const Clock::time_point end = Clock::now();
  next_ = end + std::max(options_.interval, kLeastRest * (end - start));
}

}  // namespace minidl
