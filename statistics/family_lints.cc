#include "statistics/family_lints.h"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/statistics.pb.h"
#include "statistics/intervals.h"
#include "statistics/lint.h"
#include "statistics/number_format.h"

namespace minidl {
namespace {

using proto::SignFlipTest;

// Members of a family with the same smallest p.
struct Limited {
  std::set<std::string> architectures;
  SignFlipTest test;
  int differing_rounds = 0;
};

// By smallest p.
using LimitedTests = std::map<double, Limited>;

void AddIfLimited(const proto::PairedEffect& effect,
                  const std::vector<std::string>& architectures,
                  LimitedTests& limited) {
  if (!effect.has_test() ||
      effect.test().smallest_adjusted_p() <= 1 - kConfidence) {
    return;
  }
  Limited& entry = limited[effect.test().smallest_p()];
  entry.architectures.insert(architectures.begin(), architectures.end());
  entry.test = effect.test();
  entry.differing_rounds = effect.wins() + effect.losses();
}

// The fewest rounds with which all tests of a family can be claimed:
// family_size 2^(1-n) <= 1 - confidence.
int NeededRounds(int family_size) {
  return static_cast<int>(
      std::ceil(1 + std::log2(family_size / (1 - kConfidence))));
}

void AddLints(const LimitedTests& limited, const std::string& what,
              std::vector<proto::Lint>& lints) {
  for (const auto& [smallest_p, entry] : limited) {
    const std::vector<std::string> names(entry.architectures.begin(),
                                         entry.architectures.end());
    const int family_size = entry.test.family_size();
    lints.push_back(MakeLint(
        proto::Lint::TOO_FEW_ROUNDS, proto::Lint::NOTE, names, {},
        absl::StrCat(
            what, " of ", absl::StrJoin(names, ", "),
            " have n = ", entry.differing_rounds,
            " paired rounds that differ, with which the smallest p is ",
            FormatProbability(smallest_p),
            family_size > 1
                ? absl::StrCat(
                      ", and ",
                      FormatProbability(entry.test.smallest_adjusted_p()),
                      " when adjusted for ", family_size, " tests")
                : "",
            ": no difference can be shown, however large"),
        absl::StrCat("run more rounds, until at least ",
                     NeededRounds(family_size), " differ")));
  }
}

}  // namespace

std::vector<proto::Lint> FamilyLints(const proto::StudyStatistics& statistics) {
  std::vector<proto::Lint> lints;
  LimitedTests comparisons;
  for (const proto::Comparison& comparison : statistics.comparisons()) {
    AddIfLimited(comparison.effect(),
                 {comparison.architecture(), comparison.reference()},
                 comparisons);
  }
  AddLints(comparisons, "comparisons", lints);
  for (const proto::Factorial& factorial : statistics.factorials()) {
    LimitedTests contrasts;
    for (const proto::Contrast& contrast : factorial.contrasts()) {
      AddIfLimited(
          contrast.effect(),
          {factorial.separate(), factorial.shared(),
           factorial.separate_auxiliary(), factorial.shared_auxiliary()},
          contrasts);
    }
    AddLints(contrasts, "contrasts", lints);
  }
  return lints;
}

}  // namespace minidl
