#include "tools/pair_inputs.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "data/idx.h"
#include "data/image_file.h"
#include "data/npz_reader.h"
#include "data/pair_set_file.h"
#include "data/pair_sets.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tools/console.h"

namespace minidl {
namespace {

constexpr float kInk = 255;

enum class Kind { kImage, kNpz, kIdx };

// Of the file at `path`. What is neither an image nor an archive is left to the
// IDX reader, which says what it is instead.
absl::StatusOr<Kind> KindOf(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return FileError(path, "cannot open");
  char bytes[4];
  const absl::string_view start(
      bytes, std::fread(bytes, 1, sizeof(bytes), file.get()));
  if (absl::StartsWith(start, "PK")) return Kind::kNpz;
  if (absl::StartsWith(start, "\x89PNG") || absl::StartsWith(start, "P") ||
      absl::StartsWith(start, "\xff\xd8")) {
    return Kind::kImage;
  }
  return Kind::kIdx;
}

absl::Status Refused(const std::string& path, absl::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", reason));
}

// The images of a shape that ends in H×W, as one that ends in 14×14.
absl::StatusOr<Tensor<float>> ToPairSide(const std::string& path,
                                         Tensor<float> images) {
  const Shape& shape = images.shape();
  const int64_t height = shape[shape.rank() - 2];
  const int64_t width = shape[shape.rank() - 1];
  if (height == kPairSide && width == kPairSide) return images;
  if (height != 2 * kPairSide || width != 2 * kPairSide) {
    return Refused(
        path, absl::StrCat("images are ", height, "x", width,
                           "; expected 28x28 as in MNIST, the digit scaled "
                           "into 20x20 pixels in the middle, or 14x14"));
  }
  const int64_t num_images = images.size() / (height * width);
  Tensor<float> averaged({num_images, kPairSide, kPairSide});
  for (int64_t n = 0; n < num_images; ++n) {
    Average2x2(images.data() + n * height * width,
               averaged.data() + n * kPairSide * kPairSide);
  }
  return averaged;
}

absl::StatusOr<Tensor<float>> ReadIdxImages(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(const Tensor<uint8_t> bytes, ReadIdx(path));
  if (bytes.shape().rank() != 3) {
    return Refused(path, absl::StrCat("the shape is ", bytes.shape().ToString(),
                                      "; expected [N, 28, 28]"));
  }
  Tensor<float> images(bytes.shape());
  std::copy(bytes.values().begin(), bytes.values().end(), images.data());
  return ToPairSide(path, std::move(images));
}

absl::StatusOr<Tensor<int64_t>> ReadIdxLabels(const std::string& path,
                                              int64_t num_images) {
  MINIDL_ASSIGN_OR_RETURN(const Tensor<uint8_t> bytes, ReadIdx(path));
  if (bytes.shape() != Shape{num_images}) {
    return Refused(path, absl::StrCat("the shape is ", bytes.shape().ToString(),
                                      "; expected [", num_images,
                                      "], a label for each image"));
  }
  Tensor<int64_t> labels(bytes.shape());
  std::copy(bytes.values().begin(), bytes.values().end(), labels.data());
  return labels;
}

// Two tensors whose outer size is N as one of 2N, their elements in turn.
template <typename T>
Tensor<T> Interleave(const Tensor<T>& first, const Tensor<T>& second) {
  const int64_t count = first.shape()[0];
  Tensor<T> both({2 * count, count == 0 ? 0 : first.size() / count});
  for (int64_t i = 0; i < count; ++i) {
    const auto a = first.Outer(i);
    const auto b = second.Outer(i);
    std::copy(a.begin(), a.end(), both.Outer(2 * i).begin());
    std::copy(b.begin(), b.end(), both.Outer(2 * i + 1).begin());
  }
  return both;
}

// N: 1 where the first of N×2 digits is at most the second.
Tensor<int64_t> TargetsOf(const Tensor<int64_t>& classes) {
  Tensor<int64_t> targets({classes.shape()[0]});
  for (int64_t i = 0; i < targets.size(); ++i) {
    targets(i) = PairTarget(classes(i, 0), classes(i, 1));
  }
  return targets;
}

absl::StatusOr<PairInputs> ReadIdxPairs(const PairInputOptions& options) {
  const std::string path = UserPath(options.files[0]);
  MINIDL_ASSIGN_OR_RETURN(Tensor<float> images, ReadIdxImages(path));
  const int64_t num_images = images.shape()[0];
  std::optional<Tensor<int64_t>> labels;
  if (!options.labels.empty()) {
    MINIDL_ASSIGN_OR_RETURN(
        labels, ReadIdxLabels(UserPath(options.labels), num_images));
  }
  if (!options.second.empty()) {
    const std::string second_path = UserPath(options.second);
    MINIDL_ASSIGN_OR_RETURN(const Tensor<float> second,
                            ReadIdxImages(second_path));
    if (second.shape()[0] != num_images) {
      return Refused(second_path, absl::StrCat("there are ", second.shape()[0],
                                               " images; expected ", num_images,
                                               ", one for each of ", path));
    }
    images = Interleave(images, second);
    if (labels.has_value()) {
      MINIDL_ASSIGN_OR_RETURN(
          const Tensor<int64_t> second_labels,
          ReadIdxLabels(UserPath(options.second_labels), num_images));
      labels = Interleave(*labels, second_labels);
    }
  } else if (num_images % 2 != 0) {
    return Refused(path, absl::StrCat("there are ", num_images,
                                      " images; expected an even number, two "
                                      "to a pair"));
  }
  const int64_t num_pairs = images.size() / (2 * kPairSide * kPairSide);
  PairInputs inputs;
  images.Reshape({num_pairs, 2, kPairSide, kPairSide});
  inputs.pairs = std::move(images);
  if (labels.has_value()) {
    labels->Reshape({num_pairs, 2});
    inputs.targets = TargetsOf(*labels);
    inputs.classes = *std::move(labels);
  }
  return inputs;
}

absl::StatusOr<PairInputs> ReadNpzPairs(const PairInputOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(const NpzReader reader,
                          NpzReader::Open(UserPath(options.files[0])));
  MINIDL_ASSIGN_OR_RETURN(PairArrays arrays,
                          ReadPairArrays(reader, options.array));
  PairInputs inputs;
  inputs.pairs = std::move(arrays.inputs);
  inputs.targets = std::move(arrays.targets);
  inputs.classes = std::move(arrays.classes);
  return inputs;
}

absl::StatusOr<PairInputs> ReadImagePairs(const PairInputOptions& options) {
  if (options.files.size() % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", options.files.size(),
                     " images; expected an even number, two to a pair"));
  }
  PairInputs inputs;
  inputs.pairs.Resize({static_cast<int64_t>(options.files.size() / 2), 2,
                       kPairSide, kPairSide});
  float* output = inputs.pairs.data();
  for (const std::string& file : options.files) {
    const std::string path = UserPath(file);
    // What is transparent is paper.
    MINIDL_ASSIGN_OR_RETURN(Tensor<float> image,
                            ReadImage(path, options.invert ? kInk : 0));
    MINIDL_ASSIGN_OR_RETURN(const Tensor<float> scaled,
                            ToPairSide(path, std::move(image)));
    output = std::copy(scaled.values().begin(), scaled.values().end(), output);
    inputs.files.push_back(file);
  }
  return inputs;
}

absl::Status CheckOptions(const PairInputOptions& options) {
  if (options.files.empty()) {
    return absl::InvalidArgumentError(
        "no input; expected IDX, NumPy or image files");
  }
  if (!options.second_labels.empty() && options.second.empty()) {
    return absl::InvalidArgumentError("--second_labels needs --second");
  }
  if (!options.second.empty() &&
      options.labels.empty() != options.second_labels.empty()) {
    return absl::InvalidArgumentError(
        "with --second, --labels and --second_labels need each other");
  }
  return absl::OkStatus();
}

absl::StatusOr<PairInputs> Read(const PairInputOptions& options, Kind kind) {
  if (kind != Kind::kIdx &&
      !(options.second.empty() && options.labels.empty())) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.files[0],
        " is no IDX file; --second and --labels go with one alone"));
  }
  if (kind == Kind::kImage) return ReadImagePairs(options);
  if (options.files.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.files[1],
        " is one file too many; an IDX file or a NumPy archive stands alone"));
  }
  return kind == Kind::kNpz ? ReadNpzPairs(options) : ReadIdxPairs(options);
}

// Of what the digits are said to be.
absl::Status CheckTruth(const std::string& path, const PairInputs& inputs) {
  if (!inputs.classes.has_value()) return absl::OkStatus();
  for (const int64_t digit : inputs.classes->values()) {
    if (digit < 0 || digit > 9) {
      return Refused(path,
                     absl::StrCat("a digit is ", digit, "; expected 0 to 9"));
    }
  }
  return absl::OkStatus();
}

// Looks at the values, which are from 0 to kInk, and inverts them if that is
// asked for.
void CheckValues(const PairInputOptions& options, const Console& console,
                 PairInputs& inputs) {
  float largest = 0;
  for (float& x : inputs.pairs.values()) {
    largest = std::max(largest, x);
    if (options.invert) x = kInk - x;
  }
  if (0 < largest && largest <= 1) {
    console.warn(
        "no pixel is above 1; expected values from 0 to 255, so that these are "
        "images of next to nothing");
  }
  int64_t bright = 0;
  const int64_t num_pairs = inputs.pairs.shape()[0];
  for (int64_t pair = 0; pair < num_pairs; ++pair) {
    double sum = 0;
    for (const float x : inputs.pairs.Outer(pair)) sum += double{x};
    if (sum > double{kInk} / 2 * (inputs.pairs.size() / num_pairs)) ++bright;
  }
  if (bright > 0) {
    console.warn(
        absl::StrCat(bright, " of ", num_pairs,
                     " pairs are mostly white, where digits are "
                     "white on black; ",
                     options.invert ? "leave --invert out" : "add --invert",
                     " if they are the other way round"));
  }
}

}  // namespace

absl::StatusOr<PairInputs> ReadPairInputs(const PairInputOptions& options,
                                          const Console& console) {
  MINIDL_RETURN_IF_ERROR(CheckOptions(options));
  MINIDL_ASSIGN_OR_RETURN(const Kind kind, KindOf(UserPath(options.files[0])));
  MINIDL_ASSIGN_OR_RETURN(PairInputs inputs, Read(options, kind));
  if (inputs.pairs.size() == 0) {
    return Refused(UserPath(options.files[0]), "there are no pairs");
  }
  MINIDL_RETURN_IF_ERROR(CheckTruth(
      UserPath(options.labels.empty() ? options.files[0] : options.labels),
      inputs));
  CheckValues(options, console, inputs);
  return inputs;
}

}  // namespace minidl
