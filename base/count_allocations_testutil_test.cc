#include "base/count_allocations_testutil.h"

#include <cstdint>
#include <new>
#include <thread>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(CountAllocationsTest, CountsEveryForm) {
  const int64_t before = NumAllocations();
  // Called as functions: the compiler may leave out what `new` makes.
  ::operator delete(::operator new(1));
  EXPECT_EQ(NumAllocations(), before + 1);
  ::operator delete[](::operator new[](1));
  EXPECT_EQ(NumAllocations(), before + 2);
  constexpr std::align_val_t kAlignment{128};
  ::operator delete(::operator new(1, kAlignment), kAlignment);
  EXPECT_EQ(NumAllocations(), before + 3);
  void* memory = ::operator new[](1, kAlignment);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 128, 0u);
  ::operator delete[](memory, kAlignment);
  EXPECT_EQ(NumAllocations(), before + 4);
}

TEST(CountAllocationsTest, CountsOtherThreads) {
  int64_t inside = 0;
  std::thread other([&inside] {
    const int64_t before = NumAllocations();
    ::operator delete(::operator new(1));
    inside = NumAllocations() - before;
  });
  other.join();
  EXPECT_EQ(inside, 1);
}

}  // namespace
}  // namespace minidl
