#include "tensor/kernels/im2col.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl::kernels {
namespace {

std::vector<Conv2dGeometry> Geometries() {
  std::vector<Conv2dGeometry> geometries;
  for (const int64_t channels : {1, 3}) {
    for (const int64_t kernel_size : {1, 2, 3, 5}) {
      for (const int64_t stride : {1, 2, 3}) {
        for (const int64_t padding : {0, 1, 2, 4}) {
          for (const int64_t dilation : {1, 2, 3}) {
            const int64_t height = 5, width = 7;
            const int64_t extent = dilation * (kernel_size - 1) + 1;
            if (height + 2 * padding < extent) continue;
            geometries.push_back({channels, height, width, kernel_size, stride,
                                  padding, dilation,
                                  (height + 2 * padding - extent) / stride + 1,
                                  (width + 2 * padding - extent) / stride + 1});
          }
        }
      }
    }
  }
  return geometries;
}

Tensor<double> Random(int64_t size, uint64_t seed) {
  Tensor<double> tensor({size});
  Generator generator(seed);
  FillUniform(-1, 1, generator, tensor);
  return tensor;
}

TEST(Im2ColTest, PatchesAreWhatTheKernelSees) {
  for (const Conv2dGeometry& g : Geometries()) {
    const Tensor<double> image = Random(g.channels * g.height * g.width, 1);
    Tensor<double> patches({g.patch_size(), g.num_places()});
    patches.Fill(7);
    Im2Col(g, image.data(), patches.data());
    for (int64_t c = 0; c < g.channels; ++c) {
      for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
        for (int64_t kx = 0; kx < g.kernel_size; ++kx) {
          for (int64_t y = 0; y < g.output_height; ++y) {
            for (int64_t x = 0; x < g.output_width; ++x) {
              const int64_t row = y * g.stride + ky * g.dilation - g.padding;
              const int64_t col = x * g.stride + kx * g.dilation - g.padding;
              const bool inside =
                  0 <= row && row < g.height && 0 <= col && col < g.width;
              ASSERT_EQ(
                  patches((c * g.kernel_size + ky) * g.kernel_size + kx,
                          y * g.output_width + x),
                  inside ? image((c * g.height + row) * g.width + col) : 0.0)
                  << "kernel " << g.kernel_size << " stride " << g.stride
                  << " padding " << g.padding << " dilation " << g.dilation;
            }
          }
        }
      }
    }
  }
}

// <Im2Col(image), patches> = <image, Col2Im(patches)>.
TEST(Im2ColTest, Col2ImIsTheTranspose) {
  for (const Conv2dGeometry& g : Geometries()) {
    const Tensor<double> image = Random(g.channels * g.height * g.width, 1);
    const Tensor<double> patches = Random(g.patch_size() * g.num_places(), 2);
    Tensor<double> image_patches({patches.size()});
    Im2Col(g, image.data(), image_patches.data());
    Tensor<double> back({image.size()});
    Col2Im(g, patches.data(), back.data());
    double left = 0;
    double right = 0;
    for (int64_t i = 0; i < patches.size(); ++i) {
      left += image_patches(i) * patches(i);
    }
    for (int64_t i = 0; i < image.size(); ++i) right += image(i) * back(i);
    ASSERT_NEAR(left, right, 1e-11);
  }
}

TEST(Im2ColTest, Col2ImAdds) {
  const Conv2dGeometry g = {1, 1, 1, 1, 1, 0, 1, 1, 1};
  const double patch = 2;
  double image = 40;
  Col2Im(g, &patch, &image);
  EXPECT_EQ(image, 42);
}

}  // namespace
}  // namespace minidl::kernels
