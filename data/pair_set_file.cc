#include "data/pair_set_file.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "data/mnist.h"
#include "data/npz.h"
#include "data/npz_reader.h"
#include "data/pair_sets.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr float kInk = 255;
constexpr int64_t kNumClasses = 10;

std::string InputOf(absl::string_view part) {
  return absl::StrCat(part, "_input");
}
std::string TargetOf(absl::string_view part) {
  return absl::StrCat(part, "_target");
}
std::string ClassesOf(absl::string_view part) {
  return absl::StrCat(part, "_classes");
}

absl::Status Refused(const std::string& path, absl::string_view array,
                     absl::string_view reason) {
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": array \"", array, "\" ", reason));
}

absl::Status WrongShape(const std::string& path, absl::string_view array,
                        const Shape& shape, absl::string_view expected) {
  return Refused(
      path, array,
      absl::StrCat("has shape ", shape.ToString(), "; expected ", expected));
}

absl::Status CheckPixels(const std::string& name, const Tensor<float>& images) {
  const auto found =
      std::find_if(images.values().begin(), images.values().end(),
                   [](float pixel) { return !(0 <= pixel && pixel <= kInk); });
  if (found == images.values().end()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(name, ": a pixel is ", *found,
                   "; expected values from 0 to 255, before any "
                   "normalisation"));
}

// N×2×14×14 of an array of that shape, or of N×2×28×28.
absl::StatusOr<Tensor<float>> ReadInputs(const NpzReader& reader,
                                         const std::string& name) {
  const auto check_shape = [&](const Shape& shape) -> absl::Status {
    const bool is_pairs = shape.rank() == 4 && shape[0] >= 1 && shape[1] == 2 &&
                          shape[2] == shape[3] &&
                          (shape[2] == kPairSide || shape[2] == kMnistSide);
    if (is_pairs) return absl::OkStatus();
    return WrongShape(reader.path(), name, shape,
                      "[N, 2, 14, 14] or [N, 2, 28, 28], of at least one pair");
  };
  MINIDL_ASSIGN_OR_RETURN(Tensor<float> images,
                          reader.ReadFloats(name, check_shape));
  const Shape shape = images.shape();
  MINIDL_RETURN_IF_ERROR(CheckPixels(
      absl::StrCat(reader.path(), ": array \"", name, "\""), images));
  if (shape[2] == kPairSide) return images;
  Tensor<float> averaged({shape[0], 2, kPairSide, kPairSide});
  for (int64_t i = 0; i < 2 * shape[0]; ++i) {
    Average2x2(images.data() + i * kMnistSide * kMnistSide,
               averaged.data() + i * kPairSide * kPairSide);
  }
  return averaged;
}

// Whole numbers from 0 to `largest`.
absl::StatusOr<Tensor<int64_t>> ReadNumbers(const NpzReader& reader,
                                            const std::string& name,
                                            const Shape& shape,
                                            int64_t largest) {
  MINIDL_ASSIGN_OR_RETURN(Tensor<int64_t> numbers,
                          reader.ReadIntegers(name, [&](const Shape& found) {
                            return found == shape
                                       ? absl::OkStatus()
                                       : WrongShape(reader.path(), name, found,
                                                    shape.ToString());
                          }));
  for (const int64_t number : numbers.values()) {
    if (number < 0 || number > largest) {
      return Refused(reader.path(), name,
                     absl::StrCat("has ", number, "; expected 0 to ", largest));
    }
  }
  return numbers;
}

absl::StatusOr<Tensor<int64_t>> ReadClasses(const NpzReader& reader,
                                            absl::string_view part,
                                            int64_t num_pairs) {
  return ReadNumbers(reader, ClassesOf(part), Shape{num_pairs, 2},
                     kNumClasses - 1);
}

// Reads the targets of a part, or gets them from the classes, with which they
// must agree.
absl::StatusOr<Tensor<int64_t>> ReadTargets(const NpzReader& reader,
                                            absl::string_view part,
                                            int64_t num_pairs,
                                            const Tensor<int64_t>* classes) {
  const std::string name = TargetOf(part);
  Tensor<int64_t> targets;
  if (reader.Has(name)) {
    MINIDL_ASSIGN_OR_RETURN(
        targets, ReadNumbers(reader, name, Shape{num_pairs}, /*largest=*/1));
  }
  if (classes == nullptr) return targets;
  Tensor<int64_t> expected({num_pairs});
  for (int64_t i = 0; i < num_pairs; ++i) {
    expected(i) = PairTarget((*classes)(i, 0), (*classes)(i, 1));
    if (reader.Has(name) && targets(i) != expected(i)) {
      return Refused(
          reader.path(), name,
          absl::StrCat("has ", targets(i), " for pair ", i,
                       ", whose classes are ", (*classes)(i, 0), " and ",
                       (*classes)(i, 1), "; expected ", expected(i),
                       ": 1 if the first <= the second"));
    }
  }
  return expected;
}

// Of a misspelt array nobody would learn that it was not read.
absl::Status RefuseOthers(const NpzReader& reader, absl::string_view part) {
  for (const std::string& name : reader.names()) {
    if (!absl::StartsWith(name, absl::StrCat(part, "_"))) continue;
    if (name == InputOf(part) || name == TargetOf(part) ||
        name == ClassesOf(part)) {
      continue;
    }
    return Refused(
        reader.path(), name,
        absl::StrCat("is not one of a pair set; expected ", InputOf(part), ", ",
                     TargetOf(part), " and ", ClassesOf(part)));
  }
  return absl::OkStatus();
}

absl::StatusOr<PairSet> ReadPairSet(const NpzReader& reader,
                                    absl::string_view part) {
  for (const std::string& name :
       {InputOf(part), TargetOf(part), ClassesOf(part)}) {
    if (!reader.Has(name)) {
      return Refused(reader.path(), name,
                     "is missing; expected train_input, train_target, "
                     "train_classes, test_input, test_target and test_classes, "
                     "as //data:generate_pair_sets writes them");
    }
  }
  MINIDL_RETURN_IF_ERROR(RefuseOthers(reader, part));
  PairSet set;
  MINIDL_ASSIGN_OR_RETURN(set.inputs, ReadInputs(reader, InputOf(part)));
  const int64_t num_pairs = set.inputs.shape()[0];
  MINIDL_ASSIGN_OR_RETURN(set.classes, ReadClasses(reader, part, num_pairs));
  MINIDL_ASSIGN_OR_RETURN(set.targets,
                          ReadTargets(reader, part, num_pairs, &set.classes));
  return set;
}

void AddPairSet(absl::string_view part, const PairSet& set,
                NpzBuilder& builder) {
  builder.Add(InputOf(part), set.inputs);
  builder.Add(TargetOf(part), set.targets);
  builder.Add(ClassesOf(part), set.classes);
}

}  // namespace

absl::StatusOr<std::string> PairSetsArchive(const PairSets& sets) {
  NpzBuilder builder;
  AddPairSet("train", sets.train, builder);
  AddPairSet("test", sets.test, builder);
  return builder.Build();
}

absl::StatusOr<PairSets> ReadPairSets(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(const NpzReader reader, NpzReader::Open(path));
  MINIDL_ASSIGN_OR_RETURN(PairSet train, ReadPairSet(reader, "train"));
  MINIDL_ASSIGN_OR_RETURN(PairSet test, ReadPairSet(reader, "test"));
  for (const std::string& name : reader.names()) {
    if (!absl::StartsWith(name, "train_") && !absl::StartsWith(name, "test_")) {
      return Refused(path, name,
                     "is not one of a pair set; expected those that begin "
                     "with train_ and test_ alone");
    }
  }
  return PairSets{std::move(train), std::move(test)};
}

absl::StatusOr<PairArrays> ReadPairArrays(const NpzReader& reader,
                                          const std::string& input) {
  PairArrays arrays;
  MINIDL_ASSIGN_OR_RETURN(arrays.inputs, ReadInputs(reader, input));
  absl::string_view part = input;
  if (!absl::ConsumeSuffix(&part, "_input")) return arrays;
  MINIDL_RETURN_IF_ERROR(RefuseOthers(reader, part));
  const int64_t num_pairs = arrays.inputs.shape()[0];
  if (reader.Has(ClassesOf(part))) {
    MINIDL_ASSIGN_OR_RETURN(arrays.classes,
                            ReadNumbers(reader, ClassesOf(part),
                                        Shape{num_pairs, 2}, kNumClasses - 1));
  }
  if (arrays.classes.has_value() || reader.Has(TargetOf(part))) {
    MINIDL_ASSIGN_OR_RETURN(
        arrays.targets,
        ReadTargets(reader, part, num_pairs,
                    arrays.classes.has_value() ? &*arrays.classes : nullptr));
  }
  return arrays;
}

}  // namespace minidl
