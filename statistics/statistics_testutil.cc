#include "statistics/statistics_testutil.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/architecture_group.h"
#include "statistics/golden.h"

namespace minidl {

std::vector<ArchitectureGroup> GroupsOf(
    absl::Span<const proto::RunRecord> records) {
  std::vector<const proto::RunRecord*> pointers;
  for (const proto::RunRecord& record : records) pointers.push_back(&record);
  return GroupByArchitecture(pointers, {});
}

proto::Architecture TestArchitecture(const std::string& name,
                                     proto::Architecture::Branches branches,
                                     double auxiliary_loss_weight,
                                     int64_t branch_features) {
  proto::Architecture architecture;
  architecture.set_name(name);
  architecture.set_branches(branches);
  architecture.add_branch()->mutable_flatten();
  architecture.add_branch()->mutable_linear()->set_out_features(
      branch_features);
  architecture.add_head()->mutable_linear()->set_out_features(2);
  architecture.set_auxiliary_loss_weight(auxiliary_loss_weight);
  return architecture;
}

std::vector<proto::RunRecord> GoldenStudy() {
  const proto::Architecture architectures[] = {
      TestArchitecture("convnet", proto::Architecture::SEPARATE, 0),
      TestArchitecture("convnet_aux", proto::Architecture::SEPARATE, 1),
      TestArchitecture("convnet_shared", proto::Architecture::SHARED, 0, 20),
      TestArchitecture("convnet_shared_aux", proto::Architecture::SHARED, 1,
                       20)};
  std::vector<proto::RunRecord> records;
  for (size_t i = 0; i < std::size(architectures); ++i) {
    const golden::StudyArchitecture& study = golden::kStudy[i];
    for (size_t round = 0; round < study.wrong.size(); ++round) {
      records.push_back(FinishedRecord(study.name, static_cast<int>(round),
                                       study.wrong[round]));
      *records.back().mutable_architecture() = architectures[i];
    }
  }
  return records;
}

std::vector<proto::RoundDifference> RoundDifferences(
    absl::Span<const double> differences) {
  std::vector<proto::RoundDifference> rounds;
  for (size_t i = 0; i < differences.size(); ++i) {
    proto::RoundDifference& round = rounds.emplace_back();
    round.mutable_id()->set_round(static_cast<int32_t>(i));
    round.set_difference(differences[i]);
  }
  return rounds;
}

}  // namespace minidl
