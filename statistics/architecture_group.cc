#include "statistics/architecture_group.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"

namespace minidl {

std::vector<ArchitectureGroup> GroupByArchitecture(
    absl::Span<const proto::RunRecord* const> records,
    absl::Span<const std::string> order) {
  std::map<std::string, std::vector<const proto::RunRecord*>> by_name;
  for (const proto::RunRecord* record : records) {
    by_name[record->architecture().name()].push_back(record);
  }
  std::vector<ArchitectureGroup> groups;
  for (auto& [name, own_records] : by_name) {
    groups.push_back({name, std::move(own_records)});
  }
  const auto rank = [order](const ArchitectureGroup& group) {
    return std::find(order.begin(), order.end(), group.name) - order.begin();
  };
  std::stable_sort(
      groups.begin(), groups.end(),
      [&rank](const ArchitectureGroup& a, const ArchitectureGroup& b) {
        return rank(a) < rank(b);
      });
  return groups;
}

std::string DefinitionOf(proto::Architecture architecture) {
  architecture.clear_name();
  architecture.clear_description();
  return architecture.SerializeAsString();
}

bool HasOneDefinition(const ArchitectureGroup& group) {
  const std::string definition =
      DefinitionOf(group.records.front()->architecture());
  return std::all_of(group.records.begin(), group.records.end(),
                     [&definition](const proto::RunRecord* record) {
                       return DefinitionOf(record->architecture()) ==
                              definition;
                     });
}

bool IsUsed(const proto::RunRecord& record) {
  return record.status() == proto::RunRecord::FINISHED;
}

}  // namespace minidl
