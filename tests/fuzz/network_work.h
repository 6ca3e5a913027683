#ifndef MINIDL_TESTS_FUZZ_NETWORK_WORK_H_
#define MINIDL_TESTS_FUZZ_NETWORK_WORK_H_

#include <cstdint>

#include "nn/pair_network.h"

namespace minidl {

// Whether a step of `num_pairs` pairs takes a fuzzer no long time. It is no
// fault of a network that it takes long.
bool IsQuick(PairNetwork& network, int64_t num_pairs);

}  // namespace minidl

#endif  // MINIDL_TESTS_FUZZ_NETWORK_WORK_H_
