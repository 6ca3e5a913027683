#include "data/disk_set_file.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "data/disk_set.h"
#include "data/npz.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// What NumPy writes and reads, numpy_test.py shows.

std::string TestFile(absl::string_view contents) {
  const std::string path = testing::TempDir() + "/disk.npz";
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  return path;
}

void ExpectRefused(const NpzBuilder& builder, absl::string_view message) {
  EXPECT_THAT(ReadDiskSets(TestFile(builder.Build().value())),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(absl::StrCat("/disk.npz: ", message))));
}

// An archive of a good training set and this test set.
void ExpectTestSetRefused(const Tensor<float>& points,
                          const Tensor<int64_t>& labels,
                          absl::string_view message) {
  NpzBuilder builder;
  builder.Add("train_input", Tensor<float>({1, 2}));
  builder.Add("train_target", Tensor<int64_t>({1}));
  builder.Add("test_input", points);
  builder.Add("test_target", labels);
  ExpectRefused(builder, message);
}

TEST(DiskSetFileTest, WhatIsWrittenIsRead) {
  Generator generator(1);
  const DiskSets sets = {GenerateDiskSet(30, generator).value(),
                         GenerateDiskSet(20, generator).value()};
  const absl::StatusOr<DiskSets> read =
      ReadDiskSets(TestFile(DiskSetsArchive(sets).value()));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->train.points.shape(), (Shape{30, 2}));
  EXPECT_THAT(read->train.points.values(),
              ElementsAreArray(sets.train.points.values()));
  EXPECT_THAT(read->train.labels.values(),
              ElementsAreArray(sets.train.labels.values()));
  EXPECT_THAT(read->test.points.values(),
              ElementsAreArray(sets.test.points.values()));
  EXPECT_EQ(read->test.targets.shape(), (Shape{20, 2}));
  EXPECT_THAT(read->test.targets.values(),
              ElementsAreArray(sets.test.targets.values()));
}

TEST(DiskSetFileTest, LabelsAreTheUsers) {
  NpzBuilder builder;
  for (const std::string part : {"train", "test"}) {
    // The centre outside, a corner inside.
    builder.Add(part + "_input", Tensor<float>({2, 2}, {0.5, 0.5, 0, 1}));
    builder.Add(part + "_target", Tensor<int64_t>({2}, {0, 1}));
  }
  const absl::StatusOr<DiskSets> read =
      ReadDiskSets(TestFile(builder.Build().value()));
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(read->test.labels.values(), ElementsAre(0, 1));
  EXPECT_THAT(read->test.targets.values(), ElementsAre(1, 0, 0, 1));
}

TEST(DiskSetFileTest, MissingAndOtherArraysAreNamed) {
  NpzBuilder builder;
  builder.Add("train_input", Tensor<float>({1, 2}));
  builder.Add("train_target", Tensor<int64_t>({1}));
  builder.Add("test_input", Tensor<float>({1, 2}));
  ExpectRefused(builder,
                "array \"test_target\" is missing; expected train_input, "
                "train_target, test_input and test_target");
  builder.Add("test_target", Tensor<int64_t>({1}));
  builder.Add("test_targets", Tensor<int64_t>({1}));
  ExpectRefused(builder, "array \"test_targets\" is not one of a disk set");
}

TEST(DiskSetFileTest, WrongShapesAndValuesAreRefused) {
  const Tensor<int64_t> label({1});
  ExpectTestSetRefused(
      Tensor<float>({1, 3}), label,
      "array \"test_input\" has shape [1, 3]; expected [N, 2], of 1 to");
  ExpectTestSetRefused(Tensor<float>({2}), label,
                       "array \"test_input\" has shape [2]; expected [N, 2]");
  ExpectTestSetRefused(Tensor<float>({0, 2}), Tensor<int64_t>({0}),
                       "array \"test_input\" has shape [0, 2]; expected");
  ExpectTestSetRefused(Tensor<float>({2, 2}), label,
                       "array \"test_target\" has shape [1]; expected [2], a "
                       "label for each point of test_input");
  ExpectTestSetRefused(Tensor<float>({1, 2}, {0.5, 1.5}), label,
                       "array \"test_input\" has a coordinate of 1.5; expected "
                       "0 to 1");
  ExpectTestSetRefused(Tensor<float>({1, 2}), Tensor<int64_t>({1}, {-1}),
                       "array \"test_target\" has -1; expected 0 or 1");
}

}  // namespace
}  // namespace minidl
