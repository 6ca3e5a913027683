#include "statistics/comparability.h"

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

namespace minidl {
namespace {

using RecordSpan = absl::Span<const proto::RunRecord* const>;

// Something that records of one architecture should have in common.
struct Setting {
  // After "different".
  std::string name;
  // Equal for two records if they have it in common.
  std::string (*value)(const proto::RunRecord&);
  // Whether all architectures should have it in common.
  bool is_comparable;
};

const std::vector<Setting>& Settings() {
  using proto::RunRecord;
  static const auto& settings = *new std::vector<Setting>{
      {"studies", [](const RunRecord& r) { return r.study_name(); }, true},
      {"seeds", [](const RunRecord& r) { return absl::StrCat(r.study_seed()); },
       true},
      {"training settings",
       [](const RunRecord& r) { return r.training().SerializeAsString(); },
       true},
      {"numbers of pairs",
       [](const RunRecord& r) {
         return absl::StrCat(r.train_pairs(), "/", r.test_pairs());
       },
       true},
      {"definitions",
       [](const RunRecord& r) { return r.architecture().SerializeAsString(); },
       false},
      {"numbers of parameters",
       [](const RunRecord& r) { return absl::StrCat(r.parameter_count()); },
       false},
  };
  return settings;
}

// What is wrong with one setting; empty if nothing.
std::string SettingNote(const Setting& setting, RecordSpan records) {
  std::map<std::string, std::set<std::string>> values_of_architecture;
  std::set<std::string> values;
  for (const proto::RunRecord* record : records) {
    const std::string value = setting.value(*record);
    values_of_architecture[record->architecture().name()].insert(value);
    values.insert(value);
  }
  std::vector<std::string> mixed;
  for (const auto& [architecture, own_values] : values_of_architecture) {
    if (own_values.size() > 1) mixed.push_back(architecture);
  }
  if (!mixed.empty()) {
    return absl::StrCat("mixed: rounds of ", absl::StrJoin(mixed, ", "),
                        " have different ", setting.name);
  }
  if (setting.is_comparable && values.size() > 1) {
    return absl::StrCat("not comparable: architectures have different ",
                        setting.name);
  }
  return "";
}

bool HaveTheSameRounds(RecordSpan records) {
  std::map<std::string, std::set<std::pair<uint64_t, int32_t>>> rounds;
  for (const proto::RunRecord* record : records) {
    rounds[record->architecture().name()].emplace(record->study_seed(),
                                                  record->round());
  }
  for (const auto& [architecture, own_rounds] : rounds) {
    if (own_rounds != rounds.begin()->second) return false;
  }
  return true;
}

// The rounds that were run on different data.
std::set<int32_t> RoundsOfDifferentData(RecordSpan records) {
  // What a round's data depend on, and their hash.
  std::map<std::tuple<uint64_t, int32_t, int32_t, int32_t>, uint64_t> hashes;
  std::set<int32_t> rounds;
  for (const proto::RunRecord* record : records) {
    const auto [entry, is_new] = hashes.try_emplace(
        std::make_tuple(record->study_seed(), record->round(),
                        record->train_pairs(), record->test_pairs()),
        record->data_hash());
    if (entry->second != record->data_hash()) rounds.insert(record->round());
  }
  return rounds;
}

}  // namespace

std::vector<std::string> ComparabilityNotes(RecordSpan records) {
  std::vector<std::string> notes;
  for (const Setting& setting : Settings()) {
    std::string note = SettingNote(setting, records);
    if (!note.empty()) notes.push_back(std::move(note));
  }
  if (!HaveTheSameRounds(records)) {
    notes.push_back("not comparable: architectures have different rounds");
  }
  const std::set<int32_t> rounds = RoundsOfDifferentData(records);
  if (!rounds.empty()) {
    notes.push_back(
        absl::StrCat("not comparable: the same round has different data, in ",
                     rounds.size() == 1 ? "round " : "rounds ",
                     absl::StrJoin(rounds, ", ")));
  }
  return notes;
}

}  // namespace minidl
