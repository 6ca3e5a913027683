#include "tensor/kernels/avg_pool2d.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

// Windows of all sizes are tested through tensor/avg_pool2d.h.
namespace minidl::kernels {
namespace {

constexpr float kGuard = 77;

// Pairs have loops of their own. The sums are those of the definition in its
// order, to the bit: a fourth is exact.
TEST(AvgPool2dKernelTest, PairsAreTheDefinitionForAllTargetsAndSizes) {
  constexpr int64_t kPlanes = 3;
  ForEachTarget([] {
    for (int64_t width = 2; width <= 70; ++width) {
      for (const int64_t height : {2, 5}) {
        SCOPED_TRACE(testing::Message() << height << "×" << width);
        const AvgPool2dGeometry g = {height, width,      2,        2,
                                     0,      height / 2, width / 2};
        const int64_t inputs = kPlanes * height * width;
        const int64_t outputs = kPlanes * g.output_height * g.output_width;
        const std::vector<float> input = RandomVector<float>(inputs, 1);
        const std::vector<float> gradient = RandomVector<float>(outputs, 2);

        constexpr size_t kBehind = 16;
        std::vector<float> expected(static_cast<size_t>(outputs));
        std::vector<float> expected_gradient(static_cast<size_t>(inputs));
        size_t window = 0;
        for (int64_t plane = 0; plane < kPlanes; ++plane) {
          for (int64_t y = 0; y < g.output_height; ++y) {
            for (int64_t x = 0; x < g.output_width; ++x) {
              const auto corner =
                  static_cast<size_t>((plane * height + 2 * y) * width + 2 * x);
              const size_t below = corner + static_cast<size_t>(width);
              float sum = 0;
              for (const size_t i : {corner, corner + 1, below, below + 1}) {
                sum += input[i];
                expected_gradient[i] = gradient[window] / 4;
              }
              expected[window++] = sum / 4;
            }
          }
        }

        expected.resize(expected.size() + kBehind, kGuard);
        std::vector<float> output(expected.size(), kGuard);
        AvgPool2dForward(g, kPlanes, input.data(), output.data());
        ASSERT_EQ(output, expected);

        expected_gradient.resize(expected_gradient.size() + kBehind, kGuard);
        std::vector<float> input_gradient(expected_gradient.size(), kGuard);
        AvgPool2dBackward(g, kPlanes, gradient.data(), input_gradient.data());
        ASSERT_EQ(input_gradient, expected_gradient);
      }
    }
  });
}

}  // namespace
}  // namespace minidl::kernels
