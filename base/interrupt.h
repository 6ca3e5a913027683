#ifndef MINIDL_BASE_INTERRUPT_H_
#define MINIDL_BASE_INTERRUPT_H_

#include <atomic>

namespace minidl {

// From now on the first Ctrl-C (SIGINT) or SIGTERM, which `kill`, `timeout` and
// schedulers of jobs send, makes the returned flag true instead of stopping the
// program, so that it can finish what it is writing. A second signal of either
// kind stops it at once, as usual.
std::atomic<bool>& CatchInterrupt();

}  // namespace minidl

#endif  // MINIDL_BASE_INTERRUPT_H_
