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
// their architecture messages. Four architectures are one if
//  - they are SEPARATE or SHARED, each without and with auxiliary losses, these
//    of one kind and weight; the comparison's loss is the same in all;
//  - their layers are of the same kinds, in the same order, which tells designs
//    apart; and those of no fifth one are, of separate or shared branches;
//  - those without auxiliary losses have the layers of those with. Sizes of
//    layers may differ between separate and shared branches, as where the
//    numbers of parameters are kept alike.
// A group whose records have different architecture messages is in none.
std::vector<FactorialCells> FindFactorials(
    absl::Span<const ArchitectureGroup> groups);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_FACTORIAL_H_
