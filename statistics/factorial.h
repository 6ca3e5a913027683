#ifndef MINIDL_STATISTICS_FACTORIAL_H_
#define MINIDL_STATISTICS_FACTORIAL_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "statistics/architecture_group.h"

namespace minidl {

// Indices of the groups in the four cells of a 2×2 design.
struct FactorialCells {
  size_t separate = 0;
  size_t shared = 0;
  size_t separate_auxiliary = 0;
  size_t shared_auxiliary = 0;
};

// The 2×2 designs of weight sharing and auxiliary losses among `groups`, by
// their architecture messages, training and numbers of training pairs. Four
// architectures are one if
//  - they are SEPARATE or SHARED, each without and with auxiliary losses, these
//    of one kind and weight; the comparison's loss is the same in all;
//  - their layers are of the same kinds, in the same order, those inside of
//    others too, and they are trained in the same way on as many pairs;
//  - auxiliary losses are all that differs among the SEPARATE ones, and among
//    the SHARED ones. Sizes of layers may differ between the two, as where the
//    numbers of parameters are kept alike;
//  - there are no other two that could take the place of the SEPARATE ones, or
//    of the SHARED ones.
// Designs of several weights of the auxiliary losses have the architectures
// without them in common. A group whose records have different architecture
// messages or were trained differently is in none.
std::vector<FactorialCells> FindFactorials(
    absl::Span<const ArchitectureGroup> groups);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_FACTORIAL_H_
