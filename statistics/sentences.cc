#include "statistics/sentences.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "proto/statistics.pb.h"
#include "statistics/intervals.h"
#include "statistics/number_format.h"

namespace minidl {
namespace {

using proto::PairedEffect;
using proto::SignFlipTest;

constexpr int kDecimals = 2;

std::string Interval(const proto::Estimate& estimate) {
  if (!estimate.has_mean_interval()) return "no interval";
  return absl::StrCat(FormatFixed(100 * kConfidence, 0), " % interval ",
                      FormatSigned(estimate.mean_interval().low(), kDecimals),
                      " to ",
                      FormatSigned(estimate.mean_interval().high(), kDecimals));
}

// "p = 0.25", "p <0.0001".
std::string Equality(const std::string& name, double p) {
  const std::string value = FormatProbability(p);
  return absl::StrCat(name, value.front() == '<' ? " " : " = ", value);
}

std::string PValue(const SignFlipTest& test) {
  std::string text = Equality("sign-flip p", test.p());
  if (test.method() == SignFlipTest::MONTE_CARLO) {
    absl::StrAppend(&text, " by ", FormatCount(test.draws()), " random draws");
  }
  if (test.family_size() > 1) {
    absl::StrAppend(&text, ", ", FormatProbability(test.adjusted_p()),
                    " after Holm's adjustment for ", test.family_size(),
                    " tests");
  }
  return text;
}

// "mean difference -3.42 points (95 % interval -4.31 to -2.53), below zero in 9
// and above in 1 of 10 paired rounds; sign-flip p = ...".
std::string Grounds(const PairedEffect& effect) {
  const proto::Estimate& difference = effect.difference();
  return absl::StrCat(
      "mean difference ", FormatSigned(difference.mean(), kDecimals),
      " points (", Interval(difference), "), below zero in ", effect.wins(),
      effect.ties() > 0 ? absl::StrCat(", zero in ", effect.ties()) : "",
      " and above in ", effect.losses(), " of ", difference.n(),
      difference.n() == 1 ? " paired round; " : " paired rounds; ",
      PValue(effect.test()));
}

// What a test that shows nothing means.
std::string Caution(const PairedEffect& effect) {
  const SignFlipTest& test = effect.test();
  if (test.smallest_adjusted_p() > 1 - kConfidence) {
    return absl::StrCat(
        "; so few rounds that differ cannot show one (smallest ",
        test.family_size() > 1 ? "adjusted p " : "p ",
        FormatProbability(test.smallest_adjusted_p()), ")");
  }
  return "; this does not show that there is none";
}

// What to say for each verdict but NOTHING_TO_COMPARE, before the grounds.
struct Claims {
  std::string lower;
  std::string higher;
  std::string none;
  // Who would have had to finish a round, if nobody did: "both".
  std::string all;
};

std::string Sentence(const PairedEffect& effect, const Claims& claims) {
  switch (effect.verdict()) {
    case PairedEffect::LOWER:
      return absl::StrCat(claims.lower, ": ", Grounds(effect), ".");
    case PairedEffect::HIGHER:
      return absl::StrCat(claims.higher, ": ", Grounds(effect), ".");
    case PairedEffect::NO_DIFFERENCE_SHOWN:
      return absl::StrCat(claims.none, ": ", Grounds(effect), Caution(effect),
                          ".");
    default:
      break;
  }
  MINIDL_CHECK(effect.verdict() == PairedEffect::NOTHING_TO_COMPARE,
               "no verdict");
  return absl::StrCat(claims.none, ": no round was finished by ", claims.all,
                      " on the same data.");
}

}  // namespace

std::string ComparisonSentence(const proto::Comparison& comparison) {
  const std::string& name = comparison.architecture();
  const std::string& reference = comparison.reference();
  return Sentence(
      comparison.effect(),
      {absl::StrCat(name, " has a lower test error than ", reference),
       absl::StrCat(name, " has a higher test error than ", reference),
       absl::StrCat("No difference in test error shown between ", name, " and ",
                    reference),
       "both"});
}

std::string ContrastSentence(const proto::Contrast& contrast) {
  const std::string first =
      FormatSigned(ValueIf(contrast.has_effect_at_first_level(),
                           contrast.effect_at_first_level()),
                   kDecimals);
  const std::string second =
      FormatSigned(ValueIf(contrast.has_effect_at_second_level(),
                           contrast.effect_at_second_level()),
                   kDecimals);
  const std::string all = "all four";
  switch (contrast.kind()) {
    case proto::Contrast::SHARING: {
      const std::string average =
          absl::StrCat(", on average over without (", first, ") and with (",
                       second, ") auxiliary losses");
      return Sentence(
          contrast.effect(),
          {absl::StrCat("Architectures with shared branches have a lower test "
                        "error than those with separate ones",
                        average),
           absl::StrCat("Architectures with shared branches have a higher test "
                        "error than those with separate ones",
                        average),
           absl::StrCat("No effect of shared branches on the test error shown",
                        average),
           all});
    }
    case proto::Contrast::AUXILIARY: {
      const std::string average =
          absl::StrCat(", on average over separate (", first, ") and shared (",
                       second, ") branches");
      return Sentence(
          contrast.effect(),
          {absl::StrCat("Auxiliary losses lower the test error", average),
           absl::StrCat("Auxiliary losses raise the test error", average),
           absl::StrCat("No effect of auxiliary losses on the test error shown",
                        average),
           all});
    }
    default:
      break;
  }
  MINIDL_CHECK(contrast.kind() == proto::Contrast::INTERACTION,
               "a contrast of no kind");
  const std::string levels =
      absl::StrCat(" with shared branches (", second,
                   ") than with separate ones (", first, ")");
  const std::string differs = absl::StrCat(
      "Auxiliary losses change the test error differently", levels);
  return Sentence(
      contrast.effect(),
      {differs, differs,
       absl::StrCat("Not shown that auxiliary losses change the test error "
                    "differently",
                    levels),
       all});
}

}  // namespace minidl
