#include "tensor/generator.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace minidl {
namespace {

// The standard library has the same engine, with the same seeding.
TEST(GeneratorTest, IsTheMersenneTwister) {
  for (const uint32_t seed : {0u, 1u, 5489u, 0xffffffffu}) {
    Generator generator(seed);
    std::mt19937 reference(seed);
    for (int i = 0; i < 2000; ++i) {
      ASSERT_EQ(generator.Random32(), reference())
          << "seed " << seed << " draw " << i;
    }
  }
}

TEST(GeneratorTest, ManyAtATimeAreTheSameNumbers) {
  Generator generator(3);
  std::mt19937 reference(3);
  // Within a state, to its very end, and over several.
  for (const int64_t n : {0, 1, 23, 600, 624, 2000, 5}) {
    std::vector<uint32_t> numbers(static_cast<size_t>(n));
    generator.Random32(n, numbers.data());
    for (const uint32_t number : numbers) ASSERT_EQ(number, reference());
    ASSERT_EQ(generator.Random32(), reference());
  }
}

TEST(GeneratorTest, SixtyFourBitsAreTwoDrawsHighHalfFirst) {
  Generator generator(3);
  std::mt19937 reference(3);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t high = reference();
    const uint64_t low = reference();
    ASSERT_EQ(generator.Random64(), high << 32 | low);
  }
}

TEST(GeneratorTest, OnlyTheLowHalfOfTheSeedCounts) {
  Generator a(7);
  Generator b(7 + (uint64_t{5} << 32));
  EXPECT_EQ(a.Random32(), b.Random32());
}

}  // namespace
}  // namespace minidl
