#include "statistics/paired_effect.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "proto/statistics.pb.h"
#include "statistics/estimate.h"
#include "statistics/holm.h"
#include "statistics/intervals.h"
#include "statistics/sign_flip.h"

namespace minidl {
namespace {

proto::PairedEffect::Verdict VerdictOn(const proto::PairedEffect& effect) {
  if (!effect.has_test()) return proto::PairedEffect::NOTHING_TO_COMPARE;
  if (effect.test().adjusted_p() > 1 - kConfidence) {
    return proto::PairedEffect::NO_DIFFERENCE_SHOWN;
  }
  return effect.difference().mean() < 0 ? proto::PairedEffect::LOWER
                                        : proto::PairedEffect::HIGHER;
}

}  // namespace

proto::PairedEffect ComputePairedEffect(
    std::vector<proto::RoundDifference> rounds) {
  proto::PairedEffect effect;
  std::vector<double> differences;
  for (const proto::RoundDifference& round : rounds) {
    const double difference = round.difference();
    differences.push_back(difference);
    if (difference < 0) {
      effect.set_wins(effect.wins() + 1);
    } else if (difference > 0) {
      effect.set_losses(effect.losses() + 1);
    } else {
      effect.set_ties(effect.ties() + 1);
    }
  }
  effect.mutable_rounds()->Assign(rounds.begin(), rounds.end());

  proto::Estimate& estimate = *effect.mutable_difference();
  estimate = ComputeEstimate(differences);
  if (estimate.deviation() > 0) {
    effect.set_d_z(estimate.mean() / estimate.deviation());
  }
  if (!differences.empty()) {
    *effect.mutable_test() = ComputeSignFlipTest(differences);
  }
  return effect;
}

void AdjustFamily(absl::Span<proto::PairedEffect* const> effects) {
  std::vector<proto::SignFlipTest*> tests;
  std::vector<double> p_values;
  std::vector<double> smallest_p_values;
  for (proto::PairedEffect* effect : effects) {
    if (!effect->has_test()) continue;
    tests.push_back(effect->mutable_test());
    p_values.push_back(effect->test().p());
    smallest_p_values.push_back(effect->test().smallest_p());
  }
  const std::vector<double> adjusted = HolmAdjusted(p_values);
  // Holm's adjusted values rise with every p, so that all are at their smallest
  // where all p are.
  const std::vector<double> smallest_adjusted = HolmAdjusted(smallest_p_values);
  for (size_t i = 0; i < tests.size(); ++i) {
    tests[i]->set_adjusted_p(adjusted[i]);
    tests[i]->set_smallest_adjusted_p(smallest_adjusted[i]);
    tests[i]->set_family_size(static_cast<int32_t>(tests.size()));
  }
  for (proto::PairedEffect* effect : effects) {
    effect->set_verdict(VerdictOn(*effect));
  }
}

}  // namespace minidl
