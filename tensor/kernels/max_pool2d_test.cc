#include "tensor/kernels/max_pool2d.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/kernels/targets_testutil.h"

// Whole layers are tested through tensor/max_pool2d.h.
namespace minidl::kernels {
namespace {

// Few different numbers, so that there are ties, and some NaNs and infinities.
std::vector<float> TiedValues(int64_t n, uint64_t seed) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kValues[] = {-kInfinity, -kInfinity, -1, 0, 1, 2, 2, kNan};
  Generator generator(seed);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& value : values) value = kValues[generator.Random32() % 8];
  return values;
}

// PyTorch's rule, of its CPU kernel: a number replaces the largest one so far
// if it is larger or a NaN.
TEST(MaxPool2dKernelTest, IsPyTorchsRuleForAllTargetsAndSizes) {
  constexpr int64_t kPlanes = 3;
  ForEachTarget([] {
    for (int64_t width = 2; width <= 70; ++width) {
      for (const int64_t height : {2, 5}) {
        const Pool2dGeometry g = {height, width, 2, 2, height / 2, width / 2};
        const std::vector<float> input =
            TiedValues(kPlanes * height * width, static_cast<uint64_t>(width));
        const int64_t outputs = kPlanes * g.output_height * g.output_width;
        std::vector<float> output(static_cast<size_t>(outputs) + 16, 77);
        std::vector<int64_t> argmax(static_cast<size_t>(outputs) + 16, 77);
        MaxPool2dForward(g, kPlanes, input.data(), output.data(),
                         argmax.data());
        size_t window = 0;
        for (int64_t plane = 0; plane < kPlanes; ++plane) {
          const float* values = input.data() + plane * height * width;
          for (int64_t y = 0; y < g.output_height; ++y) {
            for (int64_t x = 0; x < g.output_width; ++x) {
              const int64_t corner = 2 * y * width + 2 * x;
              int64_t best = corner;
              for (const int64_t i :
                   {corner, corner + 1, corner + width, corner + width + 1}) {
                if (values[i] > values[best] || std::isnan(values[i])) best = i;
              }
              ASSERT_EQ(argmax[window], best)
                  << width << " columns, window " << window;
              if (std::isnan(values[best])) {
                ASSERT_TRUE(std::isnan(output[window]));
              } else {
                ASSERT_EQ(output[window], values[best]);
              }
              ++window;
            }
          }
        }
        for (; window < output.size(); ++window) {
          ASSERT_EQ(output[window], 77) << "behind the end";
          ASSERT_EQ(argmax[window], 77) << "behind the end";
        }
      }
    }
  });
}

}  // namespace
}  // namespace minidl::kernels
