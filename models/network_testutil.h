#ifndef MINIDL_MODELS_NETWORK_TESTUTIL_H_
#define MINIDL_MODELS_NETWORK_TESTUTIL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {

// A small network that has all that a model must keep: convolutions, running
// statistics, dropout and classes.
inline constexpr PairImages kTestImages = {6, 6, 3};
proto::Architecture TestArchitecture();

// With initial weights from `seed`.
std::unique_ptr<PairNetwork> TestNetwork(
    const proto::Architecture& architecture, uint64_t seed, Generator& dropout);

// Pairs N×2×6×6, and the true class of each of their images: 2N.
struct TestBatch {
  Tensor<float> pairs;
  Tensor<int64_t> targets;
  Tensor<int64_t> classes;
};
TestBatch RandomBatch(int64_t num_pairs, Generator& generator);

// The bits of all that `network` gives for `pairs` in evaluation mode, in which
// it is left.
std::vector<uint32_t> OutputBits(const Tensor<float>& pairs,
                                 PairNetwork& network);

}  // namespace minidl

#endif  // MINIDL_MODELS_NETWORK_TESTUTIL_H_
