#include "tensor/tensor.h"

#include <cstdint>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool IsAligned(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % kTensorAlignment == 0;
}

TEST(TensorTest, DefaultIsEmpty) {
  const Tensor<float> tensor;
  EXPECT_EQ(tensor.shape(), (Shape{0}));
  EXPECT_EQ(tensor.size(), 0);
  EXPECT_THAT(tensor.values(), IsEmpty());
}

TEST(TensorTest, NewTensorIsZeroAndAligned) {
  for (int64_t size = 1; size < 40; ++size) {
    const Tensor<float> tensor({size, 3});
    EXPECT_EQ(tensor.size(), size * 3);
    EXPECT_THAT(tensor.values(), Each(0.0f));
    EXPECT_TRUE(IsAligned(tensor.data()));
  }
}

TEST(TensorTest, IndicesAreRowMajor) {
  const Tensor<int64_t> tensor({2, 3}, {0, 1, 2, 10, 11, 12});
  EXPECT_EQ(tensor(0, 0), 0);
  EXPECT_EQ(tensor(0, 2), 2);
  EXPECT_EQ(tensor(1, 0), 10);
  EXPECT_EQ(tensor(1, 2), 12);
  EXPECT_THAT(tensor.Outer(1), ElementsAre(10, 11, 12));
}

TEST(TensorTest, ScalarHasOneElement) {
  Tensor<float> tensor{Shape()};
  EXPECT_EQ(tensor.size(), 1);
  tensor() = 3;
  EXPECT_EQ(tensor(), 3);
}

TEST(TensorTest, CloneIsIndependent) {
  Tensor<float> a({2}, {1, 2});
  const Tensor<float> b = a.Clone();
  a(0) = 5;
  EXPECT_THAT(b.values(), ElementsAre(1, 2));
}

TEST(TensorTest, MovedFromIsEmpty) {
  Tensor<float> a({2}, {1, 2});
  Tensor<float> b = std::move(a);
  EXPECT_THAT(b.values(), ElementsAre(1, 2));
  EXPECT_EQ(a.size(), 0);  // NOLINT(bugprone-use-after-move): it is specified.
  a = std::move(b);
  EXPECT_THAT(a.values(), ElementsAre(1, 2));
  a.Resize({1, 2});
  EXPECT_EQ(a.shape(), (Shape{1, 2}));
}

TEST(TensorTest, ResizeAllocatesOnlyToGrow) {
  Tensor<float> tensor({100, 4});
  const float* data = tensor.data();
  tensor.Resize({32, 4});
  EXPECT_EQ(tensor.shape(), (Shape{32, 4}));
  EXPECT_EQ(tensor.size(), 128);
  tensor.Resize({100, 4});
  EXPECT_EQ(tensor.data(), data);
  tensor.Resize({101, 4});
  EXPECT_EQ(tensor.size(), 404);
  EXPECT_TRUE(IsAligned(tensor.data()));
}

TEST(TensorTest, ReshapeKeepsElements) {
  Tensor<float> tensor({2, 3}, {0, 1, 2, 3, 4, 5});
  tensor.Reshape({3, 2});
  EXPECT_EQ(tensor(2, 1), 5);
  EXPECT_EQ(tensor(1, 0), 2);
}

TEST(TensorTest, EmptyDimension) {
  const Tensor<float> tensor({0, 5});
  EXPECT_EQ(tensor.size(), 0);
  EXPECT_THAT(tensor.values(), IsEmpty());
}

TEST(TensorDeathTest, Misuse) {
  Tensor<float> tensor({2, 3});
  EXPECT_DEATH(tensor(2, 0), "index 2 for dimension 0 of shape \\[2, 3\\]");
  EXPECT_DEATH(tensor(0, -1), "index -1 for dimension 1 of shape \\[2, 3\\]");
  EXPECT_DEATH(tensor(0), "1 indices for shape \\[2, 3\\]");
  EXPECT_DEATH(tensor.Outer(2), "index 2 for dimension 0 of shape \\[2, 3\\]");
  EXPECT_DEATH(tensor.Reshape({5}), "\\[2, 3\\] has not as many .* \\[5\\]");
  EXPECT_DEATH(Tensor<float>({2}, {1.0f}), "1 values for shape \\[2\\]");
}

}  // namespace
}  // namespace minidl
