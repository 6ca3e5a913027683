#include "statistics/sentences.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/paired_effect.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

// Of "b" with "a", as one of a family of `family_size` that are alike.
std::string Sentence(const std::vector<double>& differences,
                     int family_size = 1) {
  std::vector<proto::PairedEffect> effects(
      static_cast<size_t>(family_size),
      ComputePairedEffect(RoundDifferences(differences)));
  std::vector<proto::PairedEffect*> family;
  for (proto::PairedEffect& effect : effects) family.push_back(&effect);
  AdjustFamily(family);
  proto::Comparison comparison;
  comparison.set_architecture("b");
  comparison.set_reference("a");
  *comparison.mutable_effect() = effects[0];
  return ComparisonSentence(comparison);
}

// Intervals by R's t.test.
TEST(SentencesTest, Lower) {
  EXPECT_EQ(Sentence({-1, -2, -3, -4, -3, -2, -1, -2}),
            "b has a lower test error than a: mean difference -2.25 points (95 "
            "% interval -3.12 to -1.38), below zero in 8 and above in 0 of 8 "
            "paired rounds; sign-flip p = 0.00781.");
}

TEST(SentencesTest, HigherInAFamily) {
  EXPECT_EQ(Sentence({1, 2, 3, 4, 3, 2, 1, 2}, 3),
            "b has a higher test error than a: mean difference +2.25 points "
            "(95 % interval +1.38 to +3.12), below zero in 0 and above in 8 of "
            "8 paired rounds; sign-flip p = 0.00781, 0.0234 after Holm's "
            "adjustment for 3 tests.");
}

TEST(SentencesTest, NotShown) {
  EXPECT_EQ(Sentence({1, -2, 3, 0, -3, 2, -1, 2}),
            "No difference in test error shown between b and a: mean "
            "difference +0.25 points (95 % interval -1.52 to +2.02), below "
            "zero in 3, zero in 1 and above in 4 of 8 paired rounds; sign-flip "
            "p = 0.875; this does not show that there is none.");
}

TEST(SentencesTest, CannotBeShown) {
  EXPECT_EQ(Sentence({-1, -2, -3}),
            "No difference in test error shown between b and a: mean "
            "difference -2.00 points (95 % interval -4.48 to +0.48), below "
            "zero in 3 and above in 0 of 3 paired rounds; sign-flip p = 0.25; "
            "so few rounds that differ cannot show one (smallest p 0.25).");
}

TEST(SentencesTest, OneRound) {
  EXPECT_EQ(Sentence({-1.5}, 2),
            "No difference in test error shown between b and a: mean "
            "difference -1.50 points (no interval), below zero in 1 and above "
            "in 0 of 1 paired round; sign-flip p = 1, 1 after Holm's "
            "adjustment for 2 tests; so few rounds that differ cannot show one "
            "(smallest adjusted p 1).");
}

TEST(SentencesTest, NoRounds) {
  EXPECT_EQ(Sentence({}),
            "No difference in test error shown between b and a: no round was "
            "finished by both on the same data.");
  proto::Contrast contrast;
  contrast.set_kind(proto::Contrast::INTERACTION);
  contrast.mutable_effect()->set_verdict(
      proto::PairedEffect::NOTHING_TO_COMPARE);
  EXPECT_EQ(
      ContrastSentence(contrast),
      "Not shown that auxiliary losses change the test error differently "
      "with shared branches (n/a) than with separate ones (n/a): no round "
      "was finished by all four on the same data.");
}

TEST(SentencesTest, RandomAssignmentsSaySo) {
  EXPECT_EQ(Sentence(std::vector<double>(50, -1)),
            "b has a lower test error than a: mean difference -1.00 points (no "
            "interval), below zero in 50 and above in 0 of 50 paired rounds; "
            "sign-flip p <0.0001 by 99,999 random draws.");
}

std::string ContrastStart(proto::Contrast::Kind kind,
                          proto::PairedEffect::Verdict verdict) {
  proto::Contrast contrast;
  contrast.set_kind(kind);
  contrast.set_effect_at_first_level(-3.42);
  contrast.set_effect_at_second_level(1.2);
  *contrast.mutable_effect() =
      ComputePairedEffect(RoundDifferences({1, 2, 3, 4, 5, 6}));
  contrast.mutable_effect()->set_verdict(verdict);
  const std::string sentence = ContrastSentence(contrast);
  return sentence.substr(0, sentence.find(':'));
}

TEST(SentencesTest, Contrasts) {
  using proto::Contrast;
  using proto::PairedEffect;
  EXPECT_EQ(ContrastStart(Contrast::SHARING, PairedEffect::LOWER),
            "Architectures with shared branches have a lower test error than "
            "those with separate ones, on average over without (-3.42) and "
            "with (+1.20) auxiliary losses");
  EXPECT_EQ(ContrastStart(Contrast::SHARING, PairedEffect::HIGHER),
            "Architectures with shared branches have a higher test error than "
            "those with separate ones, on average over without (-3.42) and "
            "with (+1.20) auxiliary losses");
  EXPECT_EQ(ContrastStart(Contrast::SHARING, PairedEffect::NO_DIFFERENCE_SHOWN),
            "No effect of shared branches on the test error shown, on average "
            "over without (-3.42) and with (+1.20) auxiliary losses");
  EXPECT_EQ(ContrastStart(Contrast::AUXILIARY, PairedEffect::LOWER),
            "Auxiliary losses lower the test error, on average over separate "
            "(-3.42) and shared (+1.20) branches");
  EXPECT_EQ(ContrastStart(Contrast::AUXILIARY, PairedEffect::HIGHER),
            "Auxiliary losses raise the test error, on average over separate "
            "(-3.42) and shared (+1.20) branches");
  EXPECT_EQ(
      ContrastStart(Contrast::AUXILIARY, PairedEffect::NOTHING_TO_COMPARE),
      "No effect of auxiliary losses on the test error shown, on average over "
      "separate (-3.42) and shared (+1.20) branches");
  for (const PairedEffect::Verdict verdict :
       {PairedEffect::LOWER, PairedEffect::HIGHER}) {
    EXPECT_EQ(ContrastStart(Contrast::INTERACTION, verdict),
              "Auxiliary losses change the test error differently with shared "
              "branches (+1.20) than with separate ones (-3.42)");
  }
  EXPECT_EQ(
      ContrastStart(Contrast::INTERACTION, PairedEffect::NO_DIFFERENCE_SHOWN),
      "Not shown that auxiliary losses change the test error differently with "
      "shared branches (+1.20) than with separate ones (-3.42)");
}

TEST(SentencesDeathTest, EffectsWithoutVerdict) {
  EXPECT_DEATH(ComparisonSentence(proto::Comparison()), "no verdict");
  EXPECT_DEATH(ContrastSentence(proto::Contrast()), "no kind");
}

}  // namespace
}  // namespace minidl
