#include "statistics/family_lints.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/paired_effect.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

using proto::Lint;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A comparison of b with a for each number of rounds.
std::vector<Lint> Lints(const std::vector<int>& numbers_of_rounds) {
  proto::StudyStatistics statistics;
  std::vector<proto::PairedEffect*> family;
  for (const int rounds : numbers_of_rounds) {
    proto::Comparison& comparison = *statistics.add_comparisons();
    comparison.set_architecture("b");
    comparison.set_reference("a");
    *comparison.mutable_effect() = ComputePairedEffect(
        RoundDifferences(std::vector<double>(static_cast<size_t>(rounds), 1)));
    family.push_back(comparison.mutable_effect());
  }
  AdjustFamily(family);
  return FamilyLints(statistics);
}

TEST(FamilyLintsTest, EnoughRounds) {
  EXPECT_THAT(Lints({}), IsEmpty());
  EXPECT_THAT(Lints({6}), IsEmpty());
  EXPECT_THAT(Lints({8, 8, 8, 8, 8, 8}), IsEmpty());
  // Nothing to compare is another matter.
  EXPECT_THAT(Lints({0}), IsEmpty());
}

TEST(FamilyLintsTest, FiveRounds) {
  const std::vector<Lint> lints = Lints({5});
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::TOO_FEW_ROUNDS);
  EXPECT_EQ(lints[0].severity(), Lint::NOTE);
  EXPECT_THAT(lints[0].architectures(), ElementsAre("a", "b"));
  EXPECT_EQ(lints[0].message(),
            "comparisons of a, b have n = 5 paired rounds that differ, with "
            "which the smallest p is 0.0625: no difference can be shown, "
            "however large");
  EXPECT_EQ(lints[0].advice(), "run more rounds, until at least 6 differ");
}

TEST(FamilyLintsTest, MoreTestsTakeMoreRounds) {
  const std::vector<Lint> lints = Lints({7, 7, 7, 7, 7, 7});
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].message(),
            "comparisons of a, b have n = 7 paired rounds that differ, with "
            "which the smallest p is 0.0156, and 0.0938 when adjusted for 6 "
            "tests: no difference can be shown, however large");
  EXPECT_EQ(lints[0].advice(), "run more rounds, until at least 8 differ");
}

// The others do not stand in its way.
TEST(FamilyLintsTest, OnlyTheShortOne) {
  const std::vector<Lint> lints = Lints({10, 10, 4});
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_THAT(lints[0].message(), testing::HasSubstr("have n = 4 "));
}

TEST(FamilyLintsTest, Contrasts) {
  proto::StudyStatistics statistics;
  proto::Factorial& factorial = *statistics.add_factorials();
  factorial.set_separate("a");
  factorial.set_shared("b");
  factorial.set_separate_auxiliary("c");
  factorial.set_shared_auxiliary("d");
  proto::PairedEffect& effect = *factorial.add_contrasts()->mutable_effect();
  effect = ComputePairedEffect(RoundDifferences({1, 2, 3}));
  AdjustFamily({&effect});
  const std::vector<Lint> lints = FamilyLints(statistics);
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_THAT(lints[0].architectures(), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(lints[0].message(), testing::HasSubstr("contrasts of a, b, c, d "
                                                     "have n = 3 "));
}

}  // namespace
}  // namespace minidl
