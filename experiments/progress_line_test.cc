#include "experiments/progress_line.h"

#include <cstddef>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "statistics/table.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

ProgressState State() {
  ProgressState state;
  state.finished = 12;
  state.total = 40;
  state.architecture = "convnet_aux";
  state.round = 3;
  state.more_running = 1;
  // Their mean is 5 and their deviation 1, by hand.
  state.errors = {4, 5, 6};
  state.seconds_left = 65;
  return state;
}

TEST(ProgressLineTest, SaysWhatFits) {
  const ProgressState state = State();
  EXPECT_EQ(ProgressLine(state, 150),
            "12 of 40 rounds [######--------------] | convnet_aux "
            "round 3 and 1 more | test error 5.00 ± 1.00 % | about 1 min 05 s "
            "left");
  EXPECT_EQ(ProgressLine(state, 112),
            "12 of 40 rounds [###-------] | convnet_aux round 3 and 1 more | "
            "test error 5.00 ± 1.00 % | about 1 min 05 s left");
  EXPECT_EQ(ProgressLine(state, 111),
            "12 of 40 rounds | convnet_aux round 3 and 1 more | test error "
            "5.00 ± 1.00 % | about 1 min 05 s left");
  EXPECT_EQ(ProgressLine(state, 79),
            "12/40 | convnet_aux round 3 | 5.00 ± 1.00 % | 1 min 05 s left");
  EXPECT_EQ(ProgressLine(state, 45),
            "12/40 | convnet_aux 3 | 5.00 % | 1 min 05 s");
  EXPECT_EQ(ProgressLine(state, 39), "12/40 | convnet_aux 3 | 1 min 05 s");
  EXPECT_EQ(ProgressLine(state, 20), "12/40 | 1 min 05 s");
  EXPECT_EQ(ProgressLine(state, 4), "12/4");
  EXPECT_EQ(ProgressLine(state, 0), "");
}

TEST(ProgressLineTest, IsNeverTooLong) {
  for (size_t columns = 0; columns < 200; ++columns) {
    EXPECT_LE(TextWidth(ProgressLine(State(), columns)), columns);
  }
}

TEST(ProgressLineTest, BarIsFullInTheEnd) {
  ProgressState state = State();
  state.finished = state.total;
  EXPECT_THAT(ProgressLine(state, 200), HasSubstr("[####"));
  EXPECT_THAT(ProgressLine(state, 200), testing::Not(HasSubstr("-")));
  state.finished = 0;
  EXPECT_THAT(ProgressLine(state, 200), testing::Not(HasSubstr("#")));
}

TEST(ProgressLineTest, SaysNothingOfWhatIsNotKnown) {
  ProgressState state;
  state.total = 40;
  EXPECT_EQ(ProgressLine(state, 25), "0 of 40 rounds");
  state.architecture = "convnet";
  EXPECT_EQ(ProgressLine(state, 40), "0 of 40 rounds | convnet round 0");
  // One round has no deviation.
  state.finished = 1;
  state.errors = {4};
  EXPECT_EQ(ProgressLine(state, 60),
            "1 of 40 rounds | convnet round 0 | test error 4.00 %");
  state.total = 0;
  EXPECT_THAT(ProgressLine(state, 100), StartsWith("1 of 0 rounds | "));
}

TEST(ProgressLineTest, CountsDivergedRounds) {
  ProgressState state = State();
  state.diverged = 2;
  EXPECT_THAT(ProgressLine(state, 119),
              StartsWith("12 of 40 rounds, 2 diverged | convnet_aux"));
  EXPECT_THAT(ProgressLine(state, 79), StartsWith("12/40, 2 diverged | "));
}

}  // namespace
}  // namespace minidl
