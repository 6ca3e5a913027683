#include "base/interrupt.h"

#include <signal.h>

#include <atomic>

namespace minidl {
namespace {

std::atomic<bool> interrupted = false;
// What a signal handler may touch.
static_assert(std::atomic<bool>::is_always_lock_free);

void SetInterrupted(int /*signal*/) { interrupted = true; }

}  // namespace

std::atomic<bool>& CatchInterrupt() {
  struct sigaction action = {};
  action.sa_handler = SetInterrupted;
  // After the first signal the default action comes back.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  return interrupted;
}

}  // namespace minidl
