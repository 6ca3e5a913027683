#ifndef MINIDL_BENCHMARKS_STOPWATCH_H_
#define MINIDL_BENCHMARKS_STOPWATCH_H_

#include <ctime>

namespace minidl {

// Seconds since it was made: of the clock on the wall, and of processor time
// that all threads of this process took together.
class Stopwatch {
 public:
  double WallSeconds() const { return Seconds(CLOCK_MONOTONIC) - wall_start_; }
  double CpuSeconds() const {
    return Seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start_;
  }

 private:
  static double Seconds(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) +
           1e-9 * static_cast<double>(time.tv_nsec);
  }

  const double wall_start_ = Seconds(CLOCK_MONOTONIC);
  const double cpu_start_ = Seconds(CLOCK_PROCESS_CPUTIME_ID);
};

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_STOPWATCH_H_
