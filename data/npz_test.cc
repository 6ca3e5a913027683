#include "data/npz.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// What numpy.save writes before the elements: `dictionary` padded with spaces
// to 128 bytes in all.
std::string NumPyHeader(absl::string_view dictionary) {
  constexpr size_t kSize = 128;
  std::string header =
      absl::StrCat(absl::string_view("\x93NUMPY\x01\x00v\x00", 10), dictionary);
  header.resize(kSize - 1, ' ');
  return header + "\n";
}

template <typename T>
std::string Archive(const std::string& name, const Tensor<T>& array) {
  NpzBuilder builder;
  builder.Add(name, array);
  return builder.Build().value();
}

// The expected bytes were printed by NumPy 1.24, as
//
//   file = io.BytesIO()
//   numpy.save(file, array)
//   print(file.getvalue())
//
// Entries are stored, so the archive has them as they are.

TEST(NpzTest, FloatsAreAsNumPySavesThem) {
  // numpy.array([[1, 2.5, -3], [4, 5, 6]], '<f4')
  EXPECT_THAT(
      Archive("a", Tensor<float>({2, 3}, {1, 2.5, -3, 4, 5, 6})),
      HasSubstr(absl::StrCat(
          "a.npy",
          NumPyHeader(
              "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"),
          absl::string_view("\x00\x00\x80\x3f\x00\x00\x20\x40\x00\x00\x40\xc0"
                            "\x00\x00\x80\x40\x00\x00\xa0\x40\x00\x00\xc0\x40",
                            24))));
}

TEST(NpzTest, IntegersAreAsNumPySavesThem) {
  // numpy.array([1, -2], '<i8')
  EXPECT_THAT(
      Archive("a", Tensor<int64_t>({2}, {1, -2})),
      HasSubstr(absl::StrCat(
          "a.npy",
          NumPyHeader(
              "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }"),
          absl::string_view("\x01\x00\x00\x00\x00\x00\x00\x00"
                            "\xfe\xff\xff\xff\xff\xff\xff\xff",
                            16))));
}

TEST(NpzTest, ScalarsAndEmptyArrays) {
  // numpy.array(7, '<i8')
  EXPECT_THAT(
      Archive("a", Tensor<int64_t>(Shape(), {7})),
      HasSubstr(absl::StrCat(
          NumPyHeader(
              "{'descr': '<i8', 'fortran_order': False, 'shape': (), }"),
          absl::string_view("\x07\x00\x00\x00\x00\x00\x00\x00", 8))));
  // numpy.zeros((0, 2), '<f4')
  EXPECT_THAT(
      Archive("a", Tensor<float>({0, 2})),
      HasSubstr(absl::StrCat(
          NumPyHeader(
              "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }"),
          "PK")));  // The end of the entry.
}

TEST(NpzTest, ArraysAreInTheOrderOfAdding) {
  NpzBuilder builder;
  builder.Add("second", Tensor<float>({1}));
  builder.Add("first", Tensor<int64_t>({1}));
  const auto archive = builder.Build();
  ASSERT_THAT(archive, IsOk());
  EXPECT_THAT(*archive, StartsWith("PK\x03\x04"));
  EXPECT_LT(archive->find("second.npy"), archive->find("first.npy"));
  EXPECT_NE(archive->find("first.npy"), std::string::npos);
}

TEST(NpzDeathTest, Misuse) {
  NpzBuilder builder;
  EXPECT_DEATH(builder.Build().IgnoreError(), "no arrays");
  EXPECT_DEATH(builder.Add("", Tensor<float>({1})), "needs a name");
  builder.Add("a", Tensor<float>({1}));
  EXPECT_DEATH(builder.Add("a", Tensor<int64_t>({1})),
               "two arrays have the name a");
}

}  // namespace
}  // namespace minidl
