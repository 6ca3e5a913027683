#ifndef MINIDL_EXPERIMENTS_LIVE_PAGE_H_
#define MINIDL_EXPERIMENTS_LIVE_PAGE_H_

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "experiments/study.h"
#include "proto/run_record.pb.h"
#include "report/page_data.pb.h"

namespace minidl {

// Keeps the page of a study that is running up to date. Every page is a whole
// one; while the study runs, it shows itself anew every few seconds.
class LivePage {
 public:
  struct Options {
    // Empty for no page: then nothing here does anything.
    std::string path;
    // Rounds of the study, of all architectures together, done ones included.
    int total = 0;
    // The least time between the end of writing a page and the next.
    std::chrono::steady_clock::duration interval = std::chrono::seconds(1);
  };

  // `study` must outlive this.
  LivePage(const Study& study, Options options);

  // Writes the page of the study's records so far. The errors are those of
  // WritePage and ComputeStudyStatistics.
  absl::Status Write(absl::Span<const proto::RunRecord> records,
                     proto::RunProgress::State state);

  // Writes the page of a running study, unless the last one is so new, or took
  // so long, that writing would take more than a twentieth of the time. Fails
  // silently: the disk may have room again when the study ends, and the study
  // is worth more than its page.
  void Refresh(absl::Span<const proto::RunRecord> records);

 private:
  const Study& study_;
  const Options options_;
  // When Refresh writes again.
  std::chrono::steady_clock::time_point next_;
};

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_LIVE_PAGE_H_
