#include "base/interrupt.h"

#include <signal.h>

#include <atomic>

namespace minidl {
namespace {

std::atomic<bool> interrupted = false;
// What a signal handler may touch.
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr int kSignals[] = {SIGINT, SIGTERM};

void SetActions(const struct sigaction& action) {
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

void SetInterrupted(int /*signal*/) {
  interrupted = true;
  struct sigaction usual = {};
  usual.sa_handler = SIG_DFL;
  SetActions(usual);
}

}  // namespace

std::atomic<bool>& CatchInterrupt() {
  struct sigaction action = {};
  action.sa_handler = SetInterrupted;
  action.sa_flags = SA_RESTART;
  SetActions(action);
  return interrupted;
}

}  // namespace minidl
