#include "data/disk_set.h"

#include <cmath>
#include <cstdint>
#include <numeric>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

int64_t Ones(const DiskSet& set) {
  return std::accumulate(set.labels.values().begin(), set.labels.values().end(),
                         int64_t{0});
}

// The expected numbers were printed by PyTorch 1.13:
//
//   torch.manual_seed(0)
//   p = torch.empty(1000, 2).uniform_()
//   y = (p.sub(.5).pow(2).sum(1) < 1 / (2 * math.pi)).long()
//   print([x.hex() for x in p[:3].view(-1).tolist()], y[:20], y.sum())
TEST(DiskSetTest, IsPyTorchs) {
  Generator generator(0);
  const auto set = GenerateDiskSet(1000, generator);
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->points.shape(), (Shape{1000, 2}));
  EXPECT_EQ(set->labels.shape(), (Shape{1000}));
  EXPECT_EQ(set->targets.shape(), (Shape{1000, 2}));
  EXPECT_THAT(set->points.values().first(6),
              ElementsAre(0x1.fc2abp-2f, 0x1.89545ep-1f, 0x1.6a675p-4f,
                          0x1.0e66p-3f, 0x1.3acd0cp-2f, 0x1.44a5f6p-1f));
  EXPECT_THAT(
      set->labels.values().first(20),
      ElementsAre(1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1));
  EXPECT_EQ(Ones(*set), 490);
}

TEST(DiskSetTest, TargetsAreOneHotLabels) {
  Generator generator(1);
  const auto set = GenerateDiskSet(100, generator);
  ASSERT_THAT(set, IsOk());
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(set->targets(i, 0), set->labels(i) == 0 ? 1 : 0);
    EXPECT_EQ(set->targets(i, 1), set->labels(i) == 1 ? 1 : 0);
  }
}

// The disk covers half of the square, and lies within it.
TEST(DiskSetTest, HalfOfThePointsAreInside) {
  constexpr int64_t kPoints = 1'000'000;
  Generator generator(2);
  const auto set = GenerateDiskSet(kPoints, generator);
  ASSERT_THAT(set, IsOk());
  const double deviation = std::sqrt(0.25 / kPoints);
  EXPECT_NEAR(static_cast<double>(Ones(*set)) / kPoints, 0.5, 4 * deviation);
}

TEST(DiskSetTest, NumberOfPoints) {
  Generator generator(0);
  EXPECT_THAT(GenerateDiskSet(1, generator), IsOk());
  for (const int64_t n : {int64_t{-1}, int64_t{0}, kMaxDiskPoints + 1}) {
    EXPECT_THAT(GenerateDiskSet(n, generator),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("expected between 1 and 10000000 points")));
  }
}

}  // namespace
}  // namespace minidl
