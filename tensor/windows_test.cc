#include "tensor/windows.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(WindowsTest, CountsTheWindowsThatFit) {
  for (int64_t size = 0; size < 9; ++size) {
    for (int64_t kernel_size = 1; kernel_size < 6; ++kernel_size) {
      for (int64_t stride = 1; stride < 5; ++stride) {
        for (int64_t padding = 0; padding < 4; ++padding) {
          int64_t count = 0;
          for (int64_t begin = -padding; begin + kernel_size <= size + padding;
               begin += stride) {
            ++count;
          }
          EXPECT_EQ(NumWindows(size, kernel_size, stride, padding), count)
              << "size " << size << " kernel " << kernel_size << " stride "
              << stride << " padding " << padding;
        }
      }
    }
  }
}

TEST(WindowsTest, NoPaddingUnlessTold) {
  EXPECT_EQ(NumWindows(14, 3, 1), 12);
  EXPECT_EQ(NumWindows(14, 2, 2), 7);
  EXPECT_EQ(NumWindows(5, 2, 2), 2);
}

}  // namespace
}  // namespace minidl
