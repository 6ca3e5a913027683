#ifndef MINIDL_STATISTICS_STATISTICS_TESTUTIL_H_
#define MINIDL_STATISTICS_STATISTICS_TESTUTIL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "statistics/architecture_group.h"

namespace minidl {

// `records` grouped by architecture's name; they must outlive the groups.
std::vector<ArchitectureGroup> GroupsOf(
    absl::Span<const proto::RunRecord> records);

// A small architecture of a branch of two layers and a head.
proto::Architecture TestArchitecture(const std::string& name,
                                     proto::Architecture::Branches branches,
                                     double auxiliary_loss_weight,
                                     int64_t branch_features = 10);

// The records of golden::kStudy, whose architectures are a 2×2 design: separate
// branches and shared ones that are larger, without and with auxiliary losses.
std::vector<proto::RunRecord> GoldenStudy();

// Differences in rounds 0, 1, ...
std::vector<proto::RoundDifference> RoundDifferences(
    absl::Span<const double> differences);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_STATISTICS_TESTUTIL_H_
