#include "data/drawing_flags.h"

#include <cstdint>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(DrawingFlagsTest, SeedsHave32Bits) {
  EXPECT_THAT(CheckSeedFlag(0), IsOk());
  EXPECT_THAT(CheckSeedFlag(4294967295), IsOk());
  for (const int64_t seed : {int64_t{-1}, int64_t{4294967296}}) {
    EXPECT_THAT(CheckSeedFlag(seed),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("expected 0 to 4294967295")));
  }
}

TEST(DrawingFlagsTest, AnOutputHasAName) {
  EXPECT_THAT(CheckOutputFlag("pairs.npz"), IsOk());
  EXPECT_THAT(CheckOutputFlag(""), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("--output")));
}

}  // namespace
}  // namespace minidl
