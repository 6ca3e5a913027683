#include "base/fingerprint.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

uint64_t Hash(const std::string& text) {
  Fingerprint fingerprint;
  fingerprint.Add(absl::MakeConstSpan(text.data(), text.size()));
  return fingerprint.value();
}

// From the test suite of the algorithm's authors,
// http://www.isthe.com/chongo/src/fnv/test_fnv.c.
TEST(FingerprintTest, PublishedValues) {
  EXPECT_EQ(Hash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(Hash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(Hash("foobar"), 0x85944171f73967e8u);
}

TEST(FingerprintTest, PiecesAreOneSequence) {
  const std::vector<float> values = {1, 2, 3};
  Fingerprint whole;
  whole.Add(absl::MakeConstSpan(values));
  Fingerprint pieces;
  pieces.Add(absl::MakeConstSpan(values).subspan(0, 1));
  pieces.Add(absl::MakeConstSpan(values).subspan(1));
  EXPECT_EQ(whole.value(), pieces.value());
}

TEST(FingerprintTest, OrderCounts) {
  const std::vector<int64_t> a = {1, 2};
  const std::vector<int64_t> b = {2, 1};
  Fingerprint of_a;
  of_a.Add(absl::MakeConstSpan(a));
  Fingerprint of_b;
  of_b.Add(absl::MakeConstSpan(b));
  EXPECT_NE(of_a.value(), of_b.value());
}

}  // namespace
}  // namespace minidl
