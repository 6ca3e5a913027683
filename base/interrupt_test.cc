#include "base/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(InterruptDeathTest, FirstSetsTheFlagSecondStops) {
  const auto interrupt_twice = [] {
    const std::atomic<bool>& interrupted = CatchInterrupt();
    if (interrupted) _exit(1);
    raise(SIGINT);
    if (!interrupted) _exit(2);
    raise(SIGINT);
    _exit(3);
  };
  EXPECT_EXIT(interrupt_twice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace minidl
