#include "statistics/factorial.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "google/protobuf/repeated_field.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"
#include "statistics/architecture_group.h"

namespace minidl {
namespace {

using ::google::protobuf::RepeatedPtrField;

// The kinds of layers, in order, with those inside of others in parentheses.
std::string LayerKinds(const RepeatedPtrField<proto::Layer>& layers) {
  std::string kinds = "(";
  for (const proto::Layer& layer : layers) {
    absl::StrAppend(&kinds, static_cast<int>(layer.kind_case()), " ");
    if (layer.has_residual()) {
      absl::StrAppend(&kinds, LayerKinds(layer.residual().layers()),
                      LayerKinds(layer.residual().shortcut()));
    }
    if (layer.has_sequential()) {
      absl::StrAppend(&kinds, LayerKinds(layer.sequential().layers()));
    }
  }
  return kinds + ")";
}

// Equal for records of one design, whatever their branches and losses: of the
// same kinds of layers, trained in the same way on as many pairs.
std::string DesignOf(const proto::RunRecord& record) {
  const proto::Architecture& architecture = record.architecture();
  proto::RunRecord rest;
  *rest.mutable_training() = record.training();
  rest.mutable_training()->clear_test_interval();
  rest.set_train_pairs(record.train_pairs());
  return absl::StrCat(
      LayerKinds(architecture.branch()), LayerKinds(architecture.head()),
      architecture.has_analytic_head(), SerializeRunRecord(rest));
}

// Whether `a` and `b` are the same but for their auxiliary losses.
bool DifferInAuxiliaryLossAlone(proto::Architecture a, proto::Architecture b) {
  for (proto::Architecture* architecture : {&a, &b}) {
    architecture->clear_auxiliary_loss_weight();
    architecture->clear_auxiliary_loss();
  }
  return DefinitionOf(a) == DefinitionOf(b);
}

// Equal for architectures with the same losses.
std::string LossesOf(const proto::Architecture& architecture) {
  proto::Architecture losses;
  if (architecture.has_comparison_loss()) {
    *losses.mutable_comparison_loss() = architecture.comparison_loss();
  }
  if (architecture.has_comparison_loss_weight()) {
    losses.set_comparison_loss_weight(architecture.comparison_loss_weight());
  }
  if (architecture.has_auxiliary_loss()) {
    *losses.mutable_auxiliary_loss() = architecture.auxiliary_loss();
  }
  losses.set_auxiliary_loss_weight(architecture.auxiliary_loss_weight());
  return losses.SerializeAsString();
}

// Whether all records of `group` can be in one design.
bool HasOneDesign(const ArchitectureGroup& group) {
  const std::string design = DesignOf(*group.records.front());
  return HasOneDefinition(group) &&
         std::all_of(group.records.begin(), group.records.end(),
                     [&design](const proto::RunRecord* record) {
                       return DesignOf(*record) == design;
                     });
}

// Two groups that differ in auxiliary losses alone.
struct AuxiliaryPair {
  size_t without = 0;
  size_t with = 0;
};

// The pairs of a design and of the same losses, by their branches.
struct DesignPairs {
  std::vector<AuxiliaryPair> separate;
  std::vector<AuxiliaryPair> shared;
};

}  // namespace

std::vector<FactorialCells> FindFactorials(
    absl::Span<const ArchitectureGroup> groups) {
  const auto architecture =
      [groups](size_t group) -> const proto::Architecture& {
    return groups[group].records.front()->architecture();
  };
  std::vector<std::string> designs(groups.size());  // Empty: in none.
  for (size_t i = 0; i < groups.size(); ++i) {
    if (HasOneDesign(groups[i])) {
      designs[i] = DesignOf(*groups[i].records.front());
    }
  }
  std::map<std::string, DesignPairs> all_pairs;
  for (size_t with = 0; with < groups.size(); ++with) {
    if (designs[with].empty()) continue;
    const proto::Architecture& own = architecture(with);
    if (own.auxiliary_loss_weight() == 0) continue;
    for (size_t without = 0; without < groups.size(); ++without) {
      const proto::Architecture& other = architecture(without);
      if (designs[without] != designs[with] ||
          other.auxiliary_loss_weight() != 0 ||
          !DifferInAuxiliaryLossAlone(own, other)) {
        continue;
      }
      DesignPairs& pairs = all_pairs[designs[with] + LossesOf(own)];
      if (own.branches() == proto::Architecture::SEPARATE) {
        pairs.separate.push_back({without, with});
      }
      if (own.branches() == proto::Architecture::SHARED) {
        pairs.shared.push_back({without, with});
      }
    }
  }
  std::vector<FactorialCells> factorials;
  for (const auto& [design, pairs] : all_pairs) {
    if (pairs.separate.size() != 1 || pairs.shared.size() != 1) continue;
    factorials.push_back({pairs.separate[0].without, pairs.shared[0].without,
                          pairs.separate[0].with, pairs.shared[0].with});
  }
  std::sort(factorials.begin(), factorials.end(),
            [](const FactorialCells& a, const FactorialCells& b) {
              return std::tie(a.separate, a.separate_auxiliary) <
                     std::tie(b.separate, b.separate_auxiliary);
            });
  return factorials;
}

}  // namespace minidl
