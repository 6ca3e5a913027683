#include "statistics/paired_effect.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

using proto::PairedEffect;

PairedEffect EffectOf(const std::vector<double>& differences) {
  return ComputePairedEffect(RoundDifferences(differences));
}

// The numbers themselves are tested in study_statistics_test.cc.
TEST(PairedEffectTest, CountsAndRounds) {
  const PairedEffect effect = EffectOf({-1, 2, 0, -3, -2});
  EXPECT_EQ(effect.wins(), 3);
  EXPECT_EQ(effect.ties(), 1);
  EXPECT_EQ(effect.losses(), 1);
  EXPECT_EQ(effect.difference().n(), 5);
  ASSERT_EQ(effect.rounds_size(), 5);
  EXPECT_EQ(effect.rounds(1).id().round(), 1);
  EXPECT_EQ(effect.rounds(1).difference(), 2);
  // Mean -0.8, sum of squared deviations 14.8.
  EXPECT_DOUBLE_EQ(effect.d_z(), -0.8 / std::sqrt(14.8 / 4));
}

TEST(PairedEffectTest, NoRounds) {
  PairedEffect effect = EffectOf({});
  EXPECT_EQ(effect.difference().n(), 0);
  EXPECT_FALSE(effect.has_test());
  EXPECT_FALSE(effect.has_d_z());
  AdjustFamily({&effect});
  EXPECT_EQ(effect.verdict(), PairedEffect::NOTHING_TO_COMPARE);
  EXPECT_FALSE(effect.has_test());
}

TEST(PairedEffectTest, OneRound) {
  PairedEffect effect = EffectOf({-5});
  EXPECT_EQ(effect.difference().mean(), -5);
  EXPECT_FALSE(effect.difference().has_mean_interval());
  EXPECT_FALSE(effect.has_d_z());
  EXPECT_EQ(effect.test().p(), 1);
  AdjustFamily({&effect});
  EXPECT_EQ(effect.verdict(), PairedEffect::NO_DIFFERENCE_SHOWN);
}

TEST(PairedEffectTest, AllDifferencesZero) {
  PairedEffect effect = EffectOf(std::vector<double>(10, 0.0));
  EXPECT_EQ(effect.ties(), 10);
  EXPECT_EQ(effect.difference().mean(), 0);
  EXPECT_EQ(effect.difference().deviation(), 0);
  EXPECT_FALSE(effect.difference().has_mean_interval());
  EXPECT_FALSE(effect.has_d_z());
  EXPECT_EQ(effect.test().p(), 1);
  EXPECT_EQ(effect.test().smallest_p(), 1);
  AdjustFamily({&effect});
  EXPECT_EQ(effect.verdict(), PairedEffect::NO_DIFFERENCE_SHOWN);
}

// The t-test would divide by zero; the permutation test knows what to say.
TEST(PairedEffectTest, TheSameDifferenceAlways) {
  PairedEffect effect = EffectOf(std::vector<double>(10, 0.1));
  EXPECT_EQ(effect.difference().deviation(), 0);
  EXPECT_FALSE(effect.has_d_z());
  EXPECT_EQ(effect.test().p(), std::ldexp(1, -9));
  AdjustFamily({&effect});
  EXPECT_EQ(effect.verdict(), PairedEffect::HIGHER);
}

TEST(PairedEffectTest, Family) {
  // Of 10, 7, 6 and no rounds, all lower.
  PairedEffect ten = EffectOf(std::vector<double>(10, -1));
  PairedEffect seven = EffectOf(std::vector<double>(7, -1));
  PairedEffect six = EffectOf(std::vector<double>(6, -1));
  PairedEffect none = EffectOf({});
  AdjustFamily({&six, &ten, &none, &seven});
  for (const PairedEffect* effect : {&ten, &seven, &six}) {
    EXPECT_EQ(effect->test().family_size(), 3);
    EXPECT_EQ(effect->verdict(), PairedEffect::LOWER);
    // They are all as small as they can be.
    EXPECT_EQ(effect->test().adjusted_p(),
              effect->test().smallest_adjusted_p());
  }
  EXPECT_EQ(ten.test().adjusted_p(), 3 * std::ldexp(1, -9));
  EXPECT_EQ(seven.test().adjusted_p(), 2 * std::ldexp(1, -6));
  EXPECT_EQ(six.test().adjusted_p(), std::ldexp(1, -5));
}

TEST(PairedEffectTest, AdjustmentTakesAClaimBack) {
  PairedEffect six = EffectOf(std::vector<double>(6, -1));
  PairedEffect other = EffectOf({1, -1, 1, -1, 1, -1});
  AdjustFamily({&six});
  EXPECT_EQ(six.verdict(), PairedEffect::LOWER);
  AdjustFamily({&six, &other});
  EXPECT_EQ(six.test().adjusted_p(), 0.0625);
  EXPECT_EQ(six.test().smallest_adjusted_p(), 0.0625);
  EXPECT_EQ(other.test().adjusted_p(), 1);
  EXPECT_EQ(other.test().smallest_adjusted_p(), 0.0625);
  EXPECT_EQ(six.verdict(), PairedEffect::NO_DIFFERENCE_SHOWN);
}

}  // namespace
}  // namespace minidl
