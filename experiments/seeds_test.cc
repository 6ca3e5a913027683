#include "experiments/seeds.h"

#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(SeedsTest, RoundsNeverShareASeed) {
  std::set<uint32_t> seeds;
  for (int round = 0; round < 100'000; ++round) {
    seeds.insert(StreamSeed(1, round, Purpose::kData));
  }
  EXPECT_EQ(seeds.size(), 100'000u);
}

TEST(SeedsTest, StudiesAndPurposesDiffer) {
  std::set<uint32_t> seeds;
  for (uint64_t study_seed : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40}) {
    for (const Purpose purpose : {Purpose::kData, Purpose::kInitialization,
                                  Purpose::kShuffling, Purpose::kDropout}) {
      for (int round = 0; round < 100; ++round) {
        seeds.insert(StreamSeed(study_seed, round, purpose));
      }
    }
  }
  // 1,200 of 2^32: a collision would have probability 1.7e-4.
  EXPECT_EQ(seeds.size(), 1200u);
}

// Neighbouring rounds have unrelated seeds: on average half of the bits differ.
TEST(SeedsTest, BitsAreMixed) {
  int differing = 0;
  constexpr int kRounds = 1000;
  for (int round = 0; round < kRounds; ++round) {
    const uint32_t difference = StreamSeed(0, round, Purpose::kShuffling) ^
                                StreamSeed(0, round + 1, Purpose::kShuffling);
    differing += __builtin_popcount(difference);
  }
  // Standard deviation of the mean: sqrt(32 / 4 / 1000) = 0.09.
  EXPECT_NEAR(differing / double{kRounds}, 16, 0.4);
}

// What a seed means must not change: records could no longer be repeated. These
// numbers were computed by an independent implementation in Python.
TEST(SeedsTest, ValuesStay) {
  EXPECT_EQ(StreamSeed(0, 0, Purpose::kData), 2239836109u);
  EXPECT_EQ(StreamSeed(1, 7, Purpose::kInitialization), 2455774893u);
  EXPECT_EQ(StreamSeed(uint64_t{1} << 40, 3, Purpose::kShuffling), 1610008904u);
  EXPECT_EQ(StreamSeed(1, 9999, Purpose::kDropout), 3140256197u);
}

TEST(SeedsDeathTest, NegativeRound) {
  EXPECT_DEATH(StreamSeed(0, -1, Purpose::kData), "round -1");
}

}  // namespace
}  // namespace minidl
