#ifndef MINIDL_BASE_COUNT_ALLOCATIONS_TESTUTIL_H_
#define MINIDL_BASE_COUNT_ALLOCATIONS_TESTUTIL_H_

#include <cstdint>

namespace minidl {

// How many times this program has called `new`, of any form and in any thread.
// What is linked with this has operators new and delete that count.
int64_t NumAllocations();

}  // namespace minidl

#endif  // MINIDL_BASE_COUNT_ALLOCATIONS_TESTUTIL_H_
