#ifndef MINIDL_STATISTICS_ARCHITECTURE_GROUP_H_
#define MINIDL_STATISTICS_ARCHITECTURE_GROUP_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"

namespace minidl {

// The records whose architecture has this name: at least one.
struct ArchitectureGroup {
  std::string name;
  std::vector<const proto::RunRecord*> records;
};

// `records` by architecture, keeping their order within each. The architectures
// of `order` come first, in that order, and the others by name.
std::vector<ArchitectureGroup> GroupByArchitecture(
    absl::Span<const proto::RunRecord* const> records,
    absl::Span<const std::string> order);

// What `architecture` is, apart from its name and description: equal strings
// for equal architectures.
std::string DefinitionOf(proto::Architecture architecture);

// Whether all records of `group` have the same definition.
bool HasOneDefinition(const ArchitectureGroup& group);

// Whether a record counts in figures and comparisons: it has finished.
bool IsUsed(const proto::RunRecord& record);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ARCHITECTURE_GROUP_H_
