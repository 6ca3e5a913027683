#include "statistics/outliers.h"

#include <cstddef>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "statistics/golden.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

TEST(OutliersTest, SciPy) {
  for (const golden::Outliers& example : golden::kOutliers) {
    const std::vector<double> scores = ModifiedZScores(example.values, 0);
    ASSERT_EQ(scores.size(), example.scores.size());
    for (size_t i = 0; i < scores.size(); ++i) {
      EXPECT_DOUBLE_EQ(scores[i], example.scores[i]) << i;
    }
  }
}

TEST(OutliersTest, ScaleHasAMinimum) {
  EXPECT_THAT(ModifiedZScores({1, 1, 1, 3, 1}, 0.5),
              ElementsAre(0, 0, 0, 4, 0));
}

TEST(OutliersTest, NoScale) {
  EXPECT_THAT(ModifiedZScores({1, 1, 1, 3, 1}, 0), ElementsAre(0, 0, 0, 0, 0));
}

}  // namespace
}  // namespace minidl
