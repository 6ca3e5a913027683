#ifndef MINIDL_TOOLS_PAIR_INPUTS_H_
#define MINIDL_TOOLS_PAIR_INPUTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/tensor.h"
#include "tools/console.h"

namespace minidl {

struct PairInputOptions {
  // As the user wrote them: one IDX file or NumPy archive, or PNG and PGM
  // images, two to a pair. The contents tell which.
  std::vector<std::string> files;
  // IDX: the second images of the pairs, of which the file has the first; empty
  // if they are in the same file, one after the other.
  std::string second;
  // IDX: the digits of the images in either file; empty if not known.
  std::string labels;
  std::string second_labels;
  // NumPy: the array's name. Where it ends in "_input", the targets and digits
  // are in the arrays that end in "_target" and "_classes", if there are such.
  std::string array = "test_input";
  // Whether the digits are black on white, to be inverted.
  bool invert = false;
};

// Pairs of images as networks are trained on, before their normalisation.
struct PairInputs {
  Tensor<float> pairs;  // N×2×14×14, from 0 (paper) to 255 (ink).
  // What is known of them.
  std::optional<Tensor<int64_t>> targets;  // N: 1 if first <= second, else 0.
  std::optional<Tensor<int64_t>> classes;  // N×2: the digits.
  std::vector<std::string> files;          // 2N, or none.
};

// Reads pairs. Images of 28×28 pixels are averaged 2×2, as the networks' own
// were; those of 14×14 are taken as they are, and others refused, because which
// part of them to take and how to scale it is the user's to say. Warns where
// the values look like inverted ones, or like others than 0 to 255.
//
// InvalidArgument for options that do not fit together; otherwise the errors of
// the formats' readers, and FailedPrecondition, with the file, what was
// expected there and what was found, for contents that are no pairs.
absl::StatusOr<PairInputs> ReadPairInputs(const PairInputOptions& options,
                                          const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_PAIR_INPUTS_H_
