#include "statistics/comparability.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "statistics/architecture_group.h"
#include "statistics/lint.h"
#include "statistics/rounds.h"

namespace minidl {
namespace {

using proto::Lint;
using Groups = absl::Span<const ArchitectureGroup>;

// Something that records of one architecture should have in common.
struct Setting {
  // After "different".
  std::string name;
  // Equal for two records if they have it in common.
  std::string (*value)(const proto::RunRecord&);
  // Whether all architectures should have it in common.
  bool is_comparable;
  Lint::Severity severity;
  std::string advice;
};

std::string TrainingOf(const proto::RunRecord& record) {
  proto::Training training = record.training();
  training.clear_test_interval();  // Looks on and changes nothing.
  return training.SerializeAsString();
}

const std::vector<Setting>& Settings() {
  using proto::RunRecord;
  static const auto& settings = *new std::vector<Setting>{
      {"studies", [](const RunRecord& r) { return r.study_name(); }, true,
       Lint::WARNING, "give stats the files of one study at a time"},
      {"seeds", [](const RunRecord& r) { return absl::StrCat(r.study_seed()); },
       true, Lint::NOTE,
       "more seeds are more rounds, if none was chosen for its result; say "
       "which there are"},
      {"training settings", TrainingOf, true, Lint::WARNING,
       "compare records of the same training only"},
      {"numbers of pairs",
       [](const RunRecord& r) {
         return absl::StrCat(r.train_pairs(), "/", r.test_pairs());
       },
       true, Lint::WARNING,
       "compare records of the same numbers of pairs only"},
      {"definitions",
       [](const RunRecord& r) { return DefinitionOf(r.architecture()); }, false,
       Lint::WARNING, "give each definition a name of its own"},
      {"numbers of parameters",
       [](const RunRecord& r) { return absl::StrCat(r.parameter_count()); },
       false, Lint::WARNING,
       "give each number of parameters an architecture's name of its own"},
  };
  return settings;
}

// Appends what is wrong with one setting, if anything.
void LintSetting(const Setting& setting, Groups groups,
                 std::vector<Lint>& lints) {
  std::set<std::string> values;
  std::vector<std::string> mixed;
  for (const ArchitectureGroup& group : groups) {
    std::set<std::string> own_values;
    for (const proto::RunRecord* record : group.records) {
      own_values.insert(setting.value(*record));
    }
    if (own_values.size() > 1) mixed.push_back(group.name);
    values.merge(own_values);
  }
  if (!mixed.empty()) {
    lints.push_back(
        MakeLint(Lint::MIXED_GROUP, setting.severity, mixed, {},
                 absl::StrCat("rounds of ", absl::StrJoin(mixed, ", "),
                              " have different ", setting.name),
                 setting.advice));
  } else if (setting.is_comparable && values.size() > 1) {
    std::vector<std::string> names;
    for (const ArchitectureGroup& group : groups) names.push_back(group.name);
    lints.push_back(
        MakeLint(Lint::DIFFERENT_SETTINGS, setting.severity, names, {},
                 absl::StrCat("architectures ", absl::StrJoin(names, ", "),
                              " have different ", setting.name),
                 setting.advice));
  }
}

// What tells programs apart; empty if the record does not say.
std::string DescribeBuild(const proto::RunRecord& record) {
  const proto::Build& build = record.environment().build();
  std::vector<std::string> parts;
  for (const std::string& part :
       {build.compiler(), build.compilation_mode(), build.commit(),
        build.id().empty() ? "" : absl::StrCat("build ", build.id())}) {
    if (!part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, " ");
}

void LintBuilds(Groups groups, std::vector<Lint>& lints) {
  std::set<std::string> builds;
  std::vector<std::string> names;
  for (const ArchitectureGroup& group : groups) {
    names.push_back(group.name);
    for (const proto::RunRecord* record : group.records) {
      // Records without environment are the reproducible form of others.
      if (!record->has_environment()) continue;
      const std::string build = DescribeBuild(*record);
      builds.insert(build.empty() ? "unknown" : build);
    }
  }
  if (builds.size() < 2) return;
  lints.push_back(MakeLint(
      Lint::MIXED_BUILDS, Lint::WARNING, names, {},
      absl::StrCat("records of ", absl::StrJoin(names, ", "), " are of ",
                   builds.size(), " programs: ", absl::StrJoin(builds, "; ")),
      "run all rounds with one build"));
}

// A record's number of a draw of data, from which everything else follows.
using Draw = std::tuple<uint64_t, int32_t, int32_t, int32_t>;

Draw DrawOf(const proto::RunRecord& record) {
  return Draw(record.study_seed(), record.round(), record.train_pairs(),
              record.test_pairs());
}

void LintDifferentData(Groups groups, std::vector<Lint>& lints) {
  // The first record of each draw, as what the others should have.
  std::map<Draw, const proto::RunRecord*> first_records;
  std::map<std::string, std::vector<proto::RoundId>> different;
  std::set<std::string> references;
  for (const ArchitectureGroup& group : groups) {
    for (const proto::RunRecord* record : group.records) {
      const proto::RunRecord* first =
          first_records.emplace(DrawOf(*record), record).first->second;
      if (first->data_hash() == record->data_hash()) continue;
      references.insert(first->architecture().name());
      different[group.name].push_back(IdOf(*record));
    }
  }
  for (const auto& [name, rounds] : different) {
    lints.push_back(MakeLint(
        Lint::DIFFERENT_DATA, Lint::WARNING, {name}, rounds,
        absl::StrCat(DescribeRounds(rounds), " of ", name,
                     " had other data than in ",
                     absl::StrJoin(references, ", "),
                     "; they are not compared with each other"),
        "run these rounds again in all architectures, on the same data set"));
  }
}

void LintRepeatedData(Groups groups, std::vector<Lint>& lints) {
  struct Use {
    std::set<std::pair<uint64_t, int32_t>> draws;
    std::vector<proto::RoundId> rounds;
    std::set<std::string> architectures;
  };
  std::map<uint64_t, Use> uses;  // Of each hash.
  for (const ArchitectureGroup& group : groups) {
    for (const proto::RunRecord* record : group.records) {
      if (record->data_hash() == 0) continue;  // Of a record that has none.
      Use& use = uses[record->data_hash()];
      use.draws.emplace(record->study_seed(), record->round());
      use.rounds.push_back(IdOf(*record));
      use.architectures.insert(group.name);
    }
  }
  for (const auto& [hash, use] : uses) {
    if (use.draws.size() < 2) continue;
    lints.push_back(MakeLint(
        Lint::REPEATED_DATA, Lint::WARNING,
        {use.architectures.begin(), use.architectures.end()}, use.rounds,
        absl::StrCat(DescribeRounds(use.rounds), " of ",
                     absl::StrJoin(use.architectures, ", "),
                     " have the same data: deviations, intervals and tests "
                     "take them for draws of their own"),
        "draw new data in every round"));
  }
}

void LintMissingPairs(Groups groups, std::vector<Lint>& lints) {
  std::map<std::pair<uint64_t, int32_t>, const proto::RunRecord*> all;
  for (const ArchitectureGroup& group : groups) {
    for (const proto::RunRecord* record : group.records) {
      all.emplace(std::make_pair(record->study_seed(), record->round()),
                  record);
    }
  }
  for (const ArchitectureGroup& group : groups) {
    auto missing = all;
    for (const proto::RunRecord* record : group.records) {
      missing.erase({record->study_seed(), record->round()});
    }
    if (missing.empty()) continue;
    std::vector<proto::RoundId> rounds;
    for (const auto& [draw, record] : missing) rounds.push_back(IdOf(*record));
    lints.push_back(MakeLint(
        Lint::MISSING_PAIRS, Lint::WARNING, {group.name}, rounds,
        absl::StrCat(group.name, " has no record of ", DescribeRounds(rounds),
                     ", which others have; its comparisons leave them out, and "
                     "its own figures are over different rounds than theirs"),
        "run what is missing: digit_pairs --resume --output=FILE"));
  }
}

}  // namespace

std::vector<Lint> ComparabilityLints(Groups groups) {
  std::vector<Lint> lints;
  for (const Setting& setting : Settings()) {
    LintSetting(setting, groups, lints);
  }
  LintBuilds(groups, lints);
  LintDifferentData(groups, lints);
  LintRepeatedData(groups, lints);
  LintMissingPairs(groups, lints);
  return lints;
}

}  // namespace minidl
