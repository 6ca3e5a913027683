#include "benchmarks/memory.h"

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

constexpr int64_t kSize = 64 << 20;

TEST(MemoryTest, PeakStaysUntilItIsReset) {
  ASSERT_THAT(ResetPeakMemory(), IsOk());
  const absl::StatusOr<int64_t> before = PeakMemory();
  ASSERT_THAT(before, IsOk());
  {
    // Initialised, which takes the pages.
    const auto block = std::make_unique<char[]>(kSize);
    ASSERT_NE(block, nullptr);
  }
  const absl::StatusOr<int64_t> peak = PeakMemory();
  ASSERT_THAT(peak, IsOk());
  // Linux counts pages in batches, so that a few may be missing.
  EXPECT_GE(*peak, *before + kSize - kSize / 10);
  ASSERT_THAT(ResetPeakMemory(), IsOk());
  const absl::StatusOr<int64_t> after = PeakMemory();
  ASSERT_THAT(after, IsOk());
  EXPECT_LT(*after, *peak - kSize / 2);
}

}  // namespace
}  // namespace minidl
