#include "base/count_allocations_testutil.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "absl/base/attributes.h"

namespace {

std::atomic<int64_t> num_allocations = 0;

void* CountAllocation(std::size_t size, std::size_t alignment) {
  ++num_allocations;
  // aligned_alloc wants a multiple of the alignment.
  void* memory = std::aligned_alloc(
      alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

// All forms of new and delete but those that do not throw: sanitizers'
// libraries do not forward one to another. Not inlined, or GCC takes the malloc
// in one and the delete in another place for a mismatch.
ABSL_ATTRIBUTE_NOINLINE void* operator new(std::size_t size) {
  return CountAllocation(size, alignof(std::max_align_t));
}
ABSL_ATTRIBUTE_NOINLINE void* operator new(std::size_t size,
                                           std::align_val_t alignment) {
  return CountAllocation(size, static_cast<std::size_t>(alignment));
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory,
                                             std::size_t) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory,
                                             std::align_val_t) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory, std::size_t,
                                             std::align_val_t) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void* operator new[](std::size_t size) {
  return CountAllocation(size, alignof(std::max_align_t));
}
ABSL_ATTRIBUTE_NOINLINE void* operator new[](std::size_t size,
                                             std::align_val_t alignment) {
  return CountAllocation(size, static_cast<std::size_t>(alignment));
}
ABSL_ATTRIBUTE_NOINLINE void operator delete[](void* memory) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete[](void* memory,
                                               std::size_t) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete[](void* memory,
                                               std::align_val_t) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete[](void* memory, std::size_t,
                                               std::align_val_t) noexcept {
  std::free(memory);
}

namespace minidl {

int64_t NumAllocations() { return num_allocations; }

}  // namespace minidl
