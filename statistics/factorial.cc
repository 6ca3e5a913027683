#include "statistics/factorial.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "proto/architecture.pb.h"
#include "statistics/architecture_group.h"

namespace minidl {
namespace {

// The kinds of all layers, in order, and where the head begins.
std::string LayerKinds(const proto::Architecture& architecture) {
  std::string kinds;
  for (const proto::Layer& layer : architecture.branch()) {
    absl::StrAppend(&kinds, static_cast<int>(layer.kind_case()), " ");
  }
  absl::StrAppend(&kinds, "|");
  for (const proto::Layer& layer : architecture.head()) {
    absl::StrAppend(&kinds, static_cast<int>(layer.kind_case()), " ");
  }
  return kinds;
}

// Whether `a` and `b` are the same but for their auxiliary losses.
bool DifferInAuxiliaryLossAlone(proto::Architecture a, proto::Architecture b) {
  for (proto::Architecture* architecture : {&a, &b}) {
    architecture->clear_auxiliary_loss_weight();
    architecture->clear_auxiliary_loss();
  }
  return DefinitionOf(a) == DefinitionOf(b);
}

bool HaveSameLosses(const proto::Architecture& a,
                    const proto::Architecture& b) {
  return a.auxiliary_loss_weight() == b.auxiliary_loss_weight() &&
         a.auxiliary_loss().SerializeAsString() ==
             b.auxiliary_loss().SerializeAsString() &&
         a.comparison_loss().SerializeAsString() ==
             b.comparison_loss().SerializeAsString();
}

std::optional<FactorialCells> CellsAmong(
    absl::Span<const ArchitectureGroup> groups,
    const std::vector<size_t>& candidates) {
  const auto architecture =
      [groups](size_t group) -> const proto::Architecture& {
    return groups[group].records.front()->architecture();
  };
  const auto find = [&](proto::Architecture::Branches branches,
                        bool auxiliary) {
    return std::find_if(
        candidates.begin(), candidates.end(), [&](size_t candidate) {
          const proto::Architecture& own = architecture(candidate);
          return own.branches() == branches &&
                 (own.auxiliary_loss_weight() != 0) == auxiliary;
        });
  };
  const auto separate = find(proto::Architecture::SEPARATE, false);
  const auto shared = find(proto::Architecture::SHARED, false);
  const auto separate_auxiliary = find(proto::Architecture::SEPARATE, true);
  const auto shared_auxiliary = find(proto::Architecture::SHARED, true);
  // Four candidates for four different cells.
  if (candidates.size() != 4 || separate == candidates.end() ||
      shared == candidates.end() || separate_auxiliary == candidates.end() ||
      shared_auxiliary == candidates.end()) {
    return std::nullopt;
  }
  const FactorialCells cells = {*separate, *shared, *separate_auxiliary,
                                *shared_auxiliary};
  const bool is_factorial =
      DifferInAuxiliaryLossAlone(architecture(cells.separate),
                                 architecture(cells.separate_auxiliary)) &&
      DifferInAuxiliaryLossAlone(architecture(cells.shared),
                                 architecture(cells.shared_auxiliary)) &&
      HaveSameLosses(architecture(cells.separate_auxiliary),
                     architecture(cells.shared_auxiliary));
  if (!is_factorial) return std::nullopt;
  return cells;
}

}  // namespace

std::vector<FactorialCells> FindFactorials(
    absl::Span<const ArchitectureGroup> groups) {
  std::map<std::string, std::vector<size_t>> candidates;
  for (size_t i = 0; i < groups.size(); ++i) {
    const proto::Architecture& architecture =
        groups[i].records.front()->architecture();
    const bool has_branches =
        architecture.branches() == proto::Architecture::SEPARATE ||
        architecture.branches() == proto::Architecture::SHARED;
    if (!has_branches || !HasOneDefinition(groups[i])) continue;
    candidates[LayerKinds(architecture)].push_back(i);
  }
  std::vector<FactorialCells> factorials;
  for (const auto& [kinds, own_candidates] : candidates) {
    const std::optional<FactorialCells> cells =
        CellsAmong(groups, own_candidates);
    if (cells.has_value()) factorials.push_back(*cells);
  }
  std::sort(factorials.begin(), factorials.end(),
            [](const FactorialCells& a, const FactorialCells& b) {
              return a.separate < b.separate;
            });
  return factorials;
}

}  // namespace minidl
