#include "base/host.h"

#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(HostTest, NameIsTheSystems) {
  std::ifstream file("/proc/sys/kernel/hostname");
  std::string name;
  std::getline(file, name);
  EXPECT_EQ(HostName(), name);
}

TEST(HostTest, CpuIsTheSystems) {
  std::ifstream file("/proc/cpuinfo");
  const std::string info((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  EXPECT_THAT(info, HasSubstr(CpuName()));
}

}  // namespace
}  // namespace minidl
