#ifndef MINIDL_DATA_PAIR_SET_FILE_H_
#define MINIDL_DATA_PAIR_SET_FILE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "data/npz_reader.h"
#include "data/pair_sets.h"
#include "tensor/tensor.h"

// Pair sets as NumPy archives (.npz), for numpy.load and from numpy.savez:
//
//   array          type     shape
//   train_input    float32  N×2×14×14, from 0 (paper) to 255 (ink)
//   train_target   int64    N: 1 if the first digit <= the second, else 0
//   train_classes  int64    N×2: the digits
//
// and the same with test_, of another N.
namespace minidl {

// The archive of two sets. ResourceExhausted where memory runs out.
absl::StatusOr<std::string> PairSetsArchive(const PairSets& sets);

// Reads both sets from the file at `path`: each with at least one pair, with
// all three arrays, and nothing else. Arrays may be of any type that NpzReader
// takes for them, and images of 28×28 pixels, which are averaged. The errors of
// NpzReader, and FailedPrecondition, with the file, the array, what was
// expected and what was found.
absl::StatusOr<PairSets> ReadPairSets(const std::string& path);

// Pairs of which less may be known.
struct PairArrays {
  Tensor<float> inputs;                    // N×2×14×14, N >= 1.
  std::optional<Tensor<int64_t>> targets;  // N.
  std::optional<Tensor<int64_t>> classes;  // N×2.
};

// Reads the pairs of the array `input`, such as "test_input", and, if its name
// is X_input, what X_target and X_classes say of them where they are there.
// Targets that are not there follow from the classes. Other arrays that begin
// with X_ are refused, as they would be misspelt. Errors as above.
absl::StatusOr<PairArrays> ReadPairArrays(const NpzReader& reader,
                                          const std::string& input);

}  // namespace minidl

#endif  // MINIDL_DATA_PAIR_SET_FILE_H_
