#include "base/user_path.h"

#include <cstdlib>
#include <filesystem>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(UserPathTest, RelativeToTheDirectoryThatBazelRunNames) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/user/here", 1);
  EXPECT_EQ(UserPath("a/b"), "/home/user/here/a/b");
  EXPECT_EQ(UserPath("../b"), "/home/user/b");
  EXPECT_EQ(UserPath("./b"), "/home/user/here/b");
  unsetenv("BUILD_WORKING_DIRECTORY");
}

TEST(UserPathTest, RelativeToTheCurrentDirectoryOtherwise) {
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(UserPath("a"), std::filesystem::current_path() / "a");
  setenv("BUILD_WORKING_DIRECTORY", "", 1);
  EXPECT_EQ(UserPath("a"), std::filesystem::current_path() / "a");
}

TEST(UserPathTest, AbsoluteAndEmptyStay) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/user", 1);
  EXPECT_EQ(UserPath("/a/b"), "/a/b");
  EXPECT_EQ(UserPath(""), "");
  unsetenv("BUILD_WORKING_DIRECTORY");
}

}  // namespace
}  // namespace minidl
