#ifndef MINIDL_STATISTICS_STUDY_STATISTICS_H_
#define MINIDL_STATISTICS_STUDY_STATISTICS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"

namespace minidl {

struct StudyStatisticsOptions {
  // The architecture to compare the others with. If empty, each is compared
  // with each.
  std::string baseline;
  // The architectures that come first, in this order; the others follow by
  // name.
  std::vector<std::string> order;
};

// All that the records say: see statistics.proto. Records are grouped by their
// architecture's name; their order changes nothing. Rounds are paired by seed,
// number and test pairs, and by study too where one architecture has the same
// round in several. InvalidArgument if no record is of the baseline;
// FailedPrecondition if
//  - a round is there twice with different contents;
//  - records are of different data sets;
//  - a record's status is one that this program does not know.
absl::StatusOr<proto::StudyStatistics> ComputeStudyStatistics(
    absl::Span<const proto::RunRecord> records,
    const StudyStatisticsOptions& options = {});

}  // namespace minidl

#endif  // MINIDL_STATISTICS_STUDY_STATISTICS_H_
