#include "records/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "gtest/gtest.h"

namespace minidl {
namespace {

bool IsOpen(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }

int OpenSomething() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

TEST(UniqueFdTest, ClosesAtTheEnd) {
  const int descriptor = OpenSomething();
  {
    const UniqueFd fd(descriptor);
    ASSERT_TRUE(fd.ok());
    EXPECT_EQ(fd.get(), descriptor);
    EXPECT_TRUE(IsOpen(descriptor));
  }
  EXPECT_FALSE(IsOpen(descriptor));
}

TEST(UniqueFdTest, MovesOwnership) {
  const int descriptor = OpenSomething();
  UniqueFd outer;
  EXPECT_FALSE(outer.ok());
  {
    UniqueFd inner(descriptor);
    UniqueFd moved(std::move(inner));
    outer = std::move(moved);
  }
  EXPECT_EQ(outer.get(), descriptor);
  EXPECT_TRUE(IsOpen(descriptor));
}

}  // namespace
}  // namespace minidl
