#ifndef MINIDL_TESTS_PARITY_FIRST_LOSSES_H_
#define MINIDL_TESTS_PARITY_FIRST_LOSSES_H_

#include <vector>

#include "proto/architecture.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// The default study, experiments/studies/default.textproto.
proto::Study DefaultStudy();

// The loss of each of the first `num_steps` steps of a round of an architecture
// in the default study, as RunRound takes them. The architecture is valid.
std::vector<double> FirstLosses(const proto::Architecture& architecture,
                                int round, int num_steps);

}  // namespace minidl

#endif  // MINIDL_TESTS_PARITY_FIRST_LOSSES_H_
