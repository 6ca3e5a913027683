#include "base/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <initializer_list>

#include "gtest/gtest.h"

namespace minidl {
namespace {

// The first signal sets the flag, the second one stops the program.
void RaiseTwice(int first, int second) {
  const std::atomic<bool>& interrupted = CatchInterrupt();
  if (interrupted) _exit(1);
  raise(first);
  if (!interrupted) _exit(2);
  raise(second);
  _exit(3);
}

TEST(InterruptDeathTest, FirstSetsTheFlagSecondStops) {
  for (const int first : {SIGINT, SIGTERM}) {
    for (const int second : {SIGINT, SIGTERM}) {
      EXPECT_EXIT(RaiseTwice(first, second), testing::KilledBySignal(second),
                  "");
    }
  }
}

}  // namespace
}  // namespace minidl
