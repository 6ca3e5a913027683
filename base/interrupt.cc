#include "base/interrupt.h"

#include <signal.h>

#include <atomic>
#include <initializer_list>

namespace minidl {
namespace {

std::atomic<bool> interrupted = false;
// What a signal handler may touch.
static_assert(std::atomic<bool>::is_always_lock_free);

void SetHandler(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) {
    sigaction(signal, &action, nullptr);
  }
}

void SetInterrupted(int /*signal*/) {
  interrupted = true;
  SetHandler(SIG_DFL);
}

}  // namespace

std::atomic<bool>& CatchInterrupt() {
  SetHandler(SetInterrupted);
  return interrupted;
}

}  // namespace minidl
