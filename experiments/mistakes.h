#ifndef MINIDL_EXPERIMENTS_MISTAKES_H_
#define MINIDL_EXPERIMENTS_MISTAKES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "experiments/pair_training.h"
#include "proto/run_record.pb.h"
#include "tensor/tensor.h"

namespace minidl {

// How many wrong pairs a record shows at most.
inline constexpr size_t kMaxMistakes = 20;

// The images of pairs, values from 0 to 255, as a byte a pixel: each rounded to
// the next whole number, halves away from zero.
std::string Pixels(const Tensor<float>& inputs);

// Those of the wrong pairs that the network is surest of, kMaxMistakes at most:
// the largest margin first, and of equal ones the first pair. `classes` are the
// digits of all pairs of the set, N×2, and `pixels` their images.
std::vector<proto::Mistake> SurestMistakes(std::vector<WrongPair> wrong_pairs,
                                           const Tensor<int64_t>& classes,
                                           absl::string_view pixels);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_MISTAKES_H_
