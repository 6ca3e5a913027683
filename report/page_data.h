#ifndef MINIDL_REPORT_PAGE_DATA_H_
#define MINIDL_REPORT_PAGE_DATA_H_

#include <string>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "report/page_data.pb.h"

namespace minidl {

// How many mistakes of each architecture a page shows at most.
inline constexpr int kMaxShownMistakes = 24;

// `statistics`, and what else a page shows of the `records`, which are those
// that they are of. Without `run`.
proto::PageData MakePageData(absl::Span<const proto::RunRecord> records,
                             const proto::StudyStatistics& statistics);

// "2026-11-25 13:45:07 UTC".
std::string FormatPageTime(absl::Time time);

}  // namespace minidl

#endif  // MINIDL_REPORT_PAGE_DATA_H_
