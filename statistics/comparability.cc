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
#include "statistics/round_pairing.h"
#include "statistics/rounds.h"

namespace minidl {
namespace {

using proto::Lint;
using Groups = absl::Span<const ArchitectureGroup>;

// Among which records something should be the same, beside those of one
// architecture.
enum class Scope {
  kArchitecture,
  kAll,
  // As kAll, but within a study architectures may differ in it on purpose:
  // variants.
  kAllButVariants,
};

// Something that records of one architecture should have in common.
struct Setting {
  // After "different".
  std::string name;
  // Equal for two records if they have it in common.
  std::string (*value)(const proto::RunRecord&);
  Scope scope;
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
      {"studies", [](const RunRecord& r) { return r.study_name(); },
       Scope::kAll, Lint::WARNING,
       "give stats the files of one study at a time"},
      {"seeds", [](const RunRecord& r) { return absl::StrCat(r.study_seed()); },
       Scope::kAll, Lint::NOTE,
       "more seeds are more rounds, if none was chosen for its result; say "
       "which there are"},
      {"training settings", TrainingOf, Scope::kAllButVariants, Lint::WARNING,
       "compare records of the same training only"},
      {"numbers of training pairs",
       [](const RunRecord& r) { return absl::StrCat(r.train_pairs()); },
       Scope::kAllButVariants, Lint::WARNING,
       "compare records of the same numbers of pairs only"},
      {"numbers of test pairs",
       [](const RunRecord& r) { return absl::StrCat(r.test_pairs()); },
       Scope::kAll, Lint::WARNING,
       "compare records of the same numbers of pairs only"},
      {"definitions",
       [](const RunRecord& r) { return DefinitionOf(r.architecture()); },
       Scope::kArchitecture, Lint::WARNING,
       "give each definition a name of its own"},
      {"numbers of parameters",
       [](const RunRecord& r) { return absl::StrCat(r.parameter_count()); },
       Scope::kArchitecture, Lint::WARNING,
       "give each number of parameters an architecture's name of its own"},
  };
  return settings;
}

// Notes which groups, each of which has one value, have another than most.
void NoteVariants(const Setting& setting, Groups groups,
                  std::vector<Lint>& lints) {
  std::map<std::string, std::vector<std::string>> names;  // By value.
  for (const ArchitectureGroup& group : groups) {
    names[setting.value(*group.records.front())].push_back(group.name);
  }
  // The first group's if there are as many of several.
  std::string common = setting.value(*groups.front().records.front());
  for (const auto& [value, own_names] : names) {
    if (own_names.size() > names[common].size()) common = value;
  }
  std::vector<std::string> variants;
  for (const ArchitectureGroup& group : groups) {
    if (setting.value(*group.records.front()) != common) {
      variants.push_back(group.name);
    }
  }
  const std::vector<std::string>& others = names[common];
  lints.push_back(MakeLint(
      Lint::DIFFERENT_SETTINGS, Lint::NOTE, variants, {},
      absl::StrCat(absl::StrJoin(variants, ", "),
                   variants.size() == 1 ? " has" : " have", " other ",
                   setting.name, " than ", others.front(),
                   others.size() > 1 ? absl::StrCat(" and ", others.size() - 1,
                                                    " more like it")
                                     : ""),
      "where you compare them, name these settings too: a difference may be "
      "theirs"));
}

// Appends what is wrong with one setting, if anything.
void LintSetting(const Setting& setting, Groups groups, bool is_one_study,
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
    return;
  }
  if (setting.scope == Scope::kArchitecture || values.size() < 2) return;
  if (setting.scope == Scope::kAllButVariants && is_one_study) {
    NoteVariants(setting, groups, lints);
  } else {
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

// A record's number of a draw of data, from which the data follow: seed, round,
// and numbers of training pairs and of test pairs.
using Draw = std::tuple<uint64_t, int32_t, int32_t, int32_t>;

// Warns of rounds whose data are not those of the first record of their draw.
// `what` of the data it is, and `consequence` what follows.
void LintDifferentData(Groups groups,
                       Draw (*draw_of)(const proto::RunRecord& record),
                       bool (*is_same)(const proto::RunRecord& first,
                                       const proto::RunRecord& record),
                       const std::string& what, const std::string& consequence,
                       std::vector<Lint>& lints) {
  std::map<Draw, const proto::RunRecord*> first_records;
  std::map<std::string, std::vector<proto::RoundId>> different;
  std::set<std::string> references;
  for (const ArchitectureGroup& group : groups) {
    for (const proto::RunRecord* record : group.records) {
      const proto::RunRecord* first =
          first_records.emplace(draw_of(*record), record).first->second;
      if (is_same(*first, *record)) continue;
      references.insert(first->architecture().name());
      different[group.name].push_back(IdOf(*record));
    }
  }
  for (const auto& [name, rounds] : different) {
    lints.push_back(MakeLint(
        Lint::DIFFERENT_DATA, Lint::WARNING, {name}, rounds,
        absl::StrCat(DescribeRounds(rounds), " of ", name, " had other ", what,
                     " than in ", absl::StrJoin(references, ", "), "; ",
                     consequence),
        "run these rounds again in all architectures, on the same data set"));
  }
}

void LintDifferentTestData(Groups groups, std::vector<Lint>& lints) {
  LintDifferentData(
      groups,
      [](const proto::RunRecord& record) {
        return Draw(record.study_seed(), record.round(), 0,
                    record.test_pairs());
      },
      HaveSameTestPairs, "data", "they are not compared with each other",
      lints);
}

// Of rounds that are compared with each other.
void LintDifferentTrainingData(Groups groups, std::vector<Lint>& lints) {
  LintDifferentData(
      groups,
      [](const proto::RunRecord& record) {
        return Draw(record.study_seed(), record.round(), record.train_pairs(),
                    record.test_pairs());
      },
      [](const proto::RunRecord& first, const proto::RunRecord& record) {
        return first.data_hash() == record.data_hash() ||
               !HaveSameTestPairs(first, record);
      },
      "training pairs",
      "they are compared with each other, by their test pairs", lints);
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
      const uint64_t hash = record->test_data_hash() != 0
                                ? record->test_data_hash()
                                : record->data_hash();
      if (hash == 0) continue;  // Of a record that has none.
      Use& use = uses[hash];
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
  std::set<std::string> studies;
  for (const ArchitectureGroup& group : groups) {
    for (const proto::RunRecord* record : group.records) {
      studies.insert(record->study_name());
    }
  }
  for (const Setting& setting : Settings()) {
    LintSetting(setting, groups, studies.size() == 1, lints);
  }
  LintBuilds(groups, lints);
  LintDifferentTestData(groups, lints);
  LintDifferentTrainingData(groups, lints);
  LintRepeatedData(groups, lints);
  LintMissingPairs(groups, lints);
  return lints;
}

}  // namespace minidl
