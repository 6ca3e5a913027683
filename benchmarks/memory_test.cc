#include "benchmarks/memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>

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
  // Not by new: sanitizers keep what is deleted.
  void* const block = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  std::memset(block, 1, kSize);
  ASSERT_EQ(munmap(block, kSize), 0);
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
