// Linked into a program, makes its kernels choose as on a processor without
// AVX-512, and says in the end what they have chosen.

#include <cstdint>
#include <cstdio>

#include "hwy/targets.h"

namespace {

class WithoutAvx512 {
 public:
  WithoutAvx512() {
    constexpr int64_t kAvx512 = HWY_AVX3 | HWY_AVX3_DL;
    hwy::SetSupportedTargetsForTest(hwy::SupportedTargets() & ~kAvx512);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }

  ~WithoutAvx512() {
    hwy::ChosenTarget avx2;
    avx2.Update(HWY_AVX2);
    const bool chosen = hwy::GetChosenTarget().GetIndex() == avx2.GetIndex();
    std::fprintf(stderr, "%s\n", chosen ? "AVX2" : "not AVX2");
  }
};

const WithoutAvx512 without_avx512;  // Before main.

}  // namespace
