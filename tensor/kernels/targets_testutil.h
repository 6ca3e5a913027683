#ifndef MINIDL_TENSOR_KERNELS_TARGETS_TESTUTIL_H_
#define MINIDL_TENSOR_KERNELS_TARGETS_TESTUTIL_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"

namespace minidl::kernels {

// Makes the kernels choose among the instruction sets `targets` alone, or with
// 0 among all that this processor has.
inline void ChooseTargets(int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// Calls `test` once for every instruction set that the kernels are compiled for
// and this processor has.
inline void ForEachTarget(absl::FunctionRef<void()> test) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    ChooseTargets(target);
    test();
  }
  ChooseTargets(0);
}

// Whether this processor has both of the instruction sets whose results must
// not differ by a bit.
inline bool HasAvx2AndAvx512() {
  const int64_t both = HWY_AVX2 | HWY_AVX3;
  return (hwy::SupportedTargets() & both) == both;
}

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_TARGETS_TESTUTIL_H_
