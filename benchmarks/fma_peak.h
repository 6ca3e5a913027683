#ifndef MINIDL_BENCHMARKS_FMA_PEAK_H_
#define MINIDL_BENCHMARKS_FMA_PEAK_H_

#include <string>
#include <vector>

namespace minidl {

// What one core reaches with fused multiply-adds of floats in registers: the
// most that a dense network can be computed with.
struct FmaPeak {
  std::string target;  // The instruction set, as Highway calls it: "AVX3".
  double gflops;       // A multiply-add is two operations.
};

// Measures, in some 20 ms each, the widest instruction set that this processor
// has and, if it is another one, AVX2. Not while other threads compute.
std::vector<FmaPeak> MeasureFmaPeaks();

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_FMA_PEAK_H_
