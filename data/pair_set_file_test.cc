#include "data/pair_set_file.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "data/npz.h"
#include "data/npz_reader.h"
#include "data/pair_sets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// What NumPy writes and reads, numpy_test.py shows.

std::string TestFile(absl::string_view contents) {
  const std::string path = testing::TempDir() + "/pairs.npz";
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  return path;
}

absl::StatusOr<PairArrays> ReadArrays(const NpzBuilder& builder,
                                      const std::string& input) {
  const absl::StatusOr<NpzReader> reader =
      NpzReader::Open(TestFile(builder.Build().value()));
  if (!reader.ok()) return reader.status();
  return ReadPairArrays(*reader, input);
}

// `count` pairs of digits 0 and 1, 1 and 2, ...; image i has i in its corner.
PairSet MakePairs(int64_t count) {
  PairSet set = {Tensor<float>({count, 2, kPairSide, kPairSide}),
                 Tensor<int64_t>({count}), Tensor<int64_t>({count, 2})};
  set.targets.Fill(1);
  for (int64_t i = 0; i < 2 * count; ++i) {
    set.inputs(i / 2, i % 2, 13, 13) = static_cast<float>(i);
    set.classes(i / 2, i % 2) = i / 2 + i % 2;
  }
  return set;
}

void AddTrain(NpzBuilder& builder) {
  const PairSet set = MakePairs(2);
  builder.Add("train_input", set.inputs);
  builder.Add("train_target", set.targets);
  builder.Add("train_classes", set.classes);
}

// An archive of a good training set and a test set with other arrays.
void ExpectTestSetRefused(const Tensor<float>& inputs,
                          const Tensor<int64_t>& targets,
                          const Tensor<int64_t>& classes,
                          absl::string_view message) {
  NpzBuilder builder;
  AddTrain(builder);
  builder.Add("test_input", inputs);
  builder.Add("test_target", targets);
  builder.Add("test_classes", classes);
  EXPECT_THAT(ReadPairSets(TestFile(builder.Build().value())),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(absl::StrCat("/pairs.npz: ", message))));
}

TEST(PairSetFileTest, WhatIsWrittenIsRead) {
  const PairSets sets = {MakePairs(3), MakePairs(2)};
  const absl::StatusOr<std::string> archive = PairSetsArchive(sets);
  ASSERT_THAT(archive, IsOk());
  const absl::StatusOr<PairSets> read = ReadPairSets(TestFile(*archive));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->train.inputs.shape(), (Shape{3, 2, 14, 14}));
  EXPECT_THAT(read->train.inputs.values(),
              ElementsAreArray(sets.train.inputs.values()));
  EXPECT_THAT(read->train.targets.values(), ElementsAre(1, 1, 1));
  EXPECT_THAT(read->train.classes.values(), ElementsAre(0, 1, 1, 2, 2, 3));
  EXPECT_EQ(read->test.classes.shape(), (Shape{2, 2}));
  EXPECT_THAT(read->test.inputs.values(),
              ElementsAreArray(sets.test.inputs.values()));
}

TEST(PairSetFileTest, LargeImagesAreAveraged) {
  Tensor<float> inputs({1, 2, 28, 28});
  inputs(0, 1, 27, 2) = 200;
  NpzBuilder builder;
  builder.Add("x", inputs);
  const absl::StatusOr<PairArrays> arrays = ReadArrays(builder, "x");
  ASSERT_THAT(arrays, IsOk());
  EXPECT_EQ(arrays->inputs.shape(), (Shape{1, 2, 14, 14}));
  EXPECT_EQ(arrays->inputs(0, 1, 13, 1), 50);
  EXPECT_EQ(arrays->inputs(0, 0, 13, 1), 0);
}

TEST(PairSetFileTest, LessMayBeKnown) {
  const PairSet set = MakePairs(2);
  {
    NpzBuilder builder;
    builder.Add("a_input", set.inputs);
    builder.Add("other", set.targets);  // Not of this part.
    const absl::StatusOr<PairArrays> arrays = ReadArrays(builder, "a_input");
    ASSERT_THAT(arrays, IsOk());
    EXPECT_FALSE(arrays->targets.has_value());
    EXPECT_FALSE(arrays->classes.has_value());
  }
  {
    NpzBuilder builder;
    builder.Add("a_input", set.inputs);
    builder.Add("a_classes", Tensor<int64_t>({2, 2}, {3, 3, 4, 1}));
    const absl::StatusOr<PairArrays> arrays = ReadArrays(builder, "a_input");
    ASSERT_THAT(arrays, IsOk());
    EXPECT_THAT(arrays->targets->values(), ElementsAre(1, 0));
  }
  {
    NpzBuilder builder;
    builder.Add("a_input", set.inputs);
    builder.Add("a_target", Tensor<int64_t>({2}, {0, 1}));
    const absl::StatusOr<PairArrays> arrays = ReadArrays(builder, "a_input");
    ASSERT_THAT(arrays, IsOk());
    EXPECT_THAT(arrays->targets->values(), ElementsAre(0, 1));
    EXPECT_FALSE(arrays->classes.has_value());
  }
}

TEST(PairSetFileTest, MissingAndOtherArraysAreNamed) {
  {
    NpzBuilder builder;
    AddTrain(builder);
    const PairSet set = MakePairs(1);
    builder.Add("test_input", set.inputs);
    builder.Add("test_target", set.targets);
    EXPECT_THAT(ReadPairSets(TestFile(builder.Build().value())),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("/pairs.npz: array \"test_classes\" is "
                                   "missing; expected train_input, ")));
  }
  const std::pair<const char*, const char*> others[] = {
      {"test_labels", "expected test_input, test_target and test_classes"},
      {"labels", "expected those that begin with train_ and test_ alone"}};
  for (const auto& [name, expected] : others) {
    NpzBuilder builder;
    AddTrain(builder);
    const PairSet set = MakePairs(1);
    builder.Add("test_input", set.inputs);
    builder.Add("test_target", set.targets);
    builder.Add("test_classes", set.classes);
    builder.Add(name, set.classes);
    EXPECT_THAT(ReadPairSets(TestFile(builder.Build().value())),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr(absl::StrCat("/pairs.npz: array \"", name,
                                                "\" is not one of a pair set; ",
                                                expected))));
  }
}

TEST(PairSetFileTest, WrongShapesAreRefused) {
  const PairSet set = MakePairs(2);
  for (const Shape& shape :
       {Shape{2, 2, 14}, Shape{2, 1, 14, 14}, Shape{2, 2, 14, 28},
        Shape{2, 2, 20, 20}, Shape{0, 2, 14, 14}}) {
    ExpectTestSetRefused(
        Tensor<float>(shape), set.targets, set.classes,
        absl::StrCat("array \"test_input\" has shape ", shape.ToString(),
                     "; expected [N, 2, 14, 14] or [N, 2, 28, 28]"));
  }
  ExpectTestSetRefused(set.inputs, Tensor<int64_t>({2, 1}), set.classes,
                       "array \"test_target\" has shape [2, 1]; expected [2]");
  ExpectTestSetRefused(
      set.inputs, set.targets, Tensor<int64_t>({3, 2}),
      "array \"test_classes\" has shape [3, 2]; expected [2, 2]");
}

TEST(PairSetFileTest, WrongValuesAreRefused) {
  const PairSet set = MakePairs(2);
  for (const float pixel : {-0.5F, 255.5F}) {
    PairSet wrong = MakePairs(2);
    wrong.inputs(1, 1, 13, 13) = pixel;
    ExpectTestSetRefused(
        wrong.inputs, set.targets, set.classes,
        absl::StrCat("array \"test_input\": a pixel is ", pixel,
                     "; expected values from 0 to 255"));
  }
  ExpectTestSetRefused(set.inputs, Tensor<int64_t>({2}, {1, 2}), set.classes,
                       "array \"test_target\" has 2; expected 0 to 1");
  ExpectTestSetRefused(set.inputs, set.targets,
                       Tensor<int64_t>({2, 2}, {0, 1, 2, 10}),
                       "array \"test_classes\" has 10; expected 0 to 9");
  ExpectTestSetRefused(
      set.inputs, set.targets, Tensor<int64_t>({2, 2}, {0, 1, 2, 1}),
      "array \"test_target\" has 1 for pair 1, whose classes are 2 and 1; "
      "expected 0");
}

}  // namespace
}  // namespace minidl
