#include "tensor/kernels/uniform.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/kernels/targets_testutil.h"

namespace minidl::kernels {
namespace {

TEST(UniformFromBitsTest, IsRoundedOnceForAllTargetsAndSizes) {
  struct Interval {
    float from, range;
  };
  ForEachTarget([] {
    Generator generator(1);
    for (const Interval& interval :
         {Interval{0, 1}, {-0.3f, 1}, {-0.1f, 0.2f}, {1e5f, 3.3f}}) {
      for (size_t n = 0; n <= 70; ++n) {
        std::vector<uint32_t> bits(n);
        for (uint32_t& value : bits) value = generator.Random32();
        std::vector<float> output(n + 16, 77);
        UniformFromBits(static_cast<int64_t>(n), bits.data(), interval.from,
                        interval.range, output.data());
        for (size_t i = 0; i < n; ++i) {
          const float u = static_cast<float>(bits[i] % (1u << 24)) * 0x1p-24f;
          ASSERT_EQ(output[i], std::fma(u, interval.range, interval.from));
        }
        for (size_t i = n; i < output.size(); ++i) {
          ASSERT_EQ(output[i], 77) << "behind the end";
        }
      }
    }
  });
}

}  // namespace
}  // namespace minidl::kernels
