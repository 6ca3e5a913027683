#include "tensor/kernels/matmul.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/generator.h"
#include "tensor/kernels/matrix.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl::kernels {
namespace {

template <typename T>
Tensor<T> Random(int64_t size, uint64_t seed) {
  Tensor<T> tensor({size});
  Generator generator(seed);
  FillUniform(-1, 1, generator, tensor);
  return tensor;
}

// Sizes around those of the tiles, which have 2, 6 or 12 rows and 16 or 32
// columns, and of the blocks of 4 and 8 by which matrices are transposed.
struct Size {
  int64_t m, k, n;
};
std::vector<Size> Sizes() {
  std::vector<Size> sizes;
  for (const int64_t m : {0, 1, 2, 5, 6, 7, 11, 12, 13, 25, 38}) {
    for (const int64_t k : {0, 1, 2, 3, 4, 9, 100}) {
      for (const int64_t n : {0, 1, 2, 4, 7, 8, 15, 16, 17, 32, 41, 64}) {
        sizes.push_back({m, k, n});
      }
    }
  }
  return sizes;
}

enum class Layout { kRowMajor, kColumnMajor };

// A rows×cols view of `values`, which has at least rows cols + 3 elements.
template <typename T>
Matrix<const T> View(const Tensor<T>& values, int64_t rows, int64_t cols,
                     Layout layout) {
  return layout == Layout::kRowMajor
             ? RowMajor<const T>(values.data(), rows, cols)
             : RowMajor<const T>(values.data(), cols, rows).Transposed();
}

enum class Start { kZero, kBias, kResult };

void TestProduct(const Size& size, Layout a_layout, Layout b_layout,
                 Start start) {
  const auto [m, k, n] = size;
  const Tensor<float> a_values = Random<float>(m * k + 1, 1);
  const Tensor<float> b_values = Random<float>(k * n + 1, 2);
  const Tensor<float> bias = Random<float>(n + 1, 4);
  const Matrix<const float> a = View(a_values, m, k, a_layout);
  const Matrix<const float> b = View(b_values, k, n, b_layout);
  Tensor<float> workspace({MatMulWorkspaceSize(k, n)});
  workspace.Fill(std::numeric_limits<float>::quiet_NaN());
  // Rows of c lie one element apart: nothing may be written between them.
  Tensor<float> c_values = Random<float>(m * (n + 1) + 1, 3);
  const Tensor<float> before = c_values.Clone();
  const Matrix<float> c = {c_values.data(), m, n, n + 1, 1};

  if (start == Start::kBias) {
    MatMulAddBias(a, b, bias.data(), c, workspace.data());
  } else {
    MatMul(a, b, c, start == Start::kResult, workspace.data());
  }

  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = start == Start::kResult ? before(i * (n + 1) + j)
                   : start == Start::kBias ? bias(j)
                                           : 0;
      double magnitude = std::abs(sum);
      for (int64_t l = 0; l < k; ++l) {
        const double term = double{a(i, l)} * double{b(l, j)};
        sum += term;
        magnitude += std::abs(term);
      }
      // A sum of k + 1 rounded terms (Higham, Accuracy and Stability of
      // Numerical Algorithms, 3.1), doubled for processors without FMA.
      const double tolerance = 2 * (k + 1) * 0x1p-24 * magnitude;
      ASSERT_NEAR(c(i, j), sum, tolerance)
          << m << "×" << k << "×" << n << " at " << i << ", " << j;
    }
    ASSERT_EQ(c_values(i * (n + 1) + n), before(i * (n + 1) + n))
        << "written behind row " << i;
  }
}

TEST(MatMulTest, FloatIsNearTheDefinitionForAllTargetsSizesAndLayouts) {
  ForEachTarget([] {
    for (const Size& size : Sizes()) {
      for (const Layout a : {Layout::kRowMajor, Layout::kColumnMajor}) {
        for (const Layout b : {Layout::kRowMajor, Layout::kColumnMajor}) {
          for (const Start start :
               {Start::kZero, Start::kBias, Start::kResult}) {
            TestProduct(size, a, b, start);
          }
        }
      }
    }
  });
}

TEST(MatMulTest, DoubleIsTheDefinition) {
  const double a[] = {1, 2, 3, 4, 5, 6};
  const double b[] = {7, 8, 9, 10, 11, 12};
  double c[] = {100, 100, 100, 100};
  MatMul(RowMajor(a, 2, 3), RowMajor(b, 3, 2), RowMajor(c, 2, 2), false,
         nullptr);
  EXPECT_EQ(std::vector<double>(c, c + 4),
            (std::vector<double>{58, 64, 139, 154}));
  MatMul(RowMajor(a, 2, 3), RowMajor(b, 3, 2), RowMajor(c, 2, 2), true,
         nullptr);
  EXPECT_EQ(std::vector<double>(c, c + 4),
            (std::vector<double>{116, 128, 278, 308}));
}

// What an example of a batch gets does not depend on the others.
TEST(MatMulTest, RowsDependOnTheirOwnRowAlone) {
  constexpr int64_t kM = 31, kK = 77, kN = 41;
  const Tensor<float> a = Random<float>(kM * kK, 1);
  const Tensor<float> b = Random<float>(kK * kN, 2);
  Tensor<float> workspace({MatMulWorkspaceSize(kK, kN)});
  ForEachTarget([&] {
    Tensor<float> together({kM, kN});
    Tensor<float> alone({kM, kN});
    const Matrix<const float> right = RowMajor(b.data(), kN, kK).Transposed();
    MatMul(RowMajor(a.data(), kM, kK), right, RowMajor(together.data(), kM, kN),
           false, workspace.data());
    for (int64_t i = 0; i < kM; ++i) {
      MatMul(RowMajor(a.data() + i * kK, 1, kK), right,
             RowMajor(alone.data() + i * kN, 1, kN), false, workspace.data());
    }
    EXPECT_EQ(alone.values(), together.values());
  });
}

TEST(MatMulTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  constexpr int64_t kM = 29, kK = 77, kN = 41;
  const Tensor<float> a = Random<float>(kM * kK, 1);
  const Tensor<float> b = Random<float>(kK * kN, 2);
  Tensor<float> workspace({MatMulWorkspaceSize(kK, kN)});
  std::vector<Tensor<float>> results;
  for (const int64_t target : {HWY_AVX2, HWY_AVX3}) {
    ChooseTargets(target);
    Tensor<float> c({kM, kN});
    MatMul(RowMajor(a.data(), kM, kK), RowMajor(b.data(), kK, kN),
           RowMajor(c.data(), kM, kN), false, workspace.data());
    results.push_back(std::move(c));
  }
  ChooseTargets(0);
  EXPECT_EQ(results[0].values(), results[1].values());
}

}  // namespace
}  // namespace minidl::kernels
