#include "base/build_info.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AnyOf;
using ::testing::MatchesRegex;

TEST(BuildInfoTest, CompilerNameHasAVersion) {
  EXPECT_THAT(CompilerName(), MatchesRegex("(gcc|clang) [0-9]+[.][0-9]+[.].*"));
}

TEST(BuildInfoTest, CompilationModeIsBazels) {
  EXPECT_THAT(CompilationMode(), AnyOf("opt", "dbg", "fastbuild"));
#ifdef NDEBUG
  EXPECT_EQ(CompilationMode(), "opt");
#else
  EXPECT_NE(CompilationMode(), "opt");
#endif
}

// The note stands in the file as "GNU", a zero and the ID's 20 bytes.
TEST(BuildInfoTest, BuildIdIsThePrograms) {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string program((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
  const std::string header("\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0", 16);
  const size_t note = program.find(header);
  ASSERT_NE(note, std::string::npos);
  EXPECT_EQ(BuildId(),
            absl::BytesToHexString(program.substr(note + header.size(), 20)));
}

class CheckoutTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("git --version >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "there is no git";
    }
    directory_ = testing::TempDir() + "/checkout";
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_ + "/inner");
    setenv("BUILD_WORKSPACE_DIRECTORY", directory_.c_str(), 1);
  }
  ~CheckoutTest() override { unsetenv("BUILD_WORKSPACE_DIRECTORY"); }

  void Git(const std::string& command) {
    ASSERT_EQ(std::system(absl::StrCat("cd '", directory_,
                                       "' && git -c user.name=Test "
                                       "-c user.email=test@example.org ",
                                       command, " >/dev/null")
                              .c_str()),
              0);
  }
  void Write(const std::string& text) {
    std::ofstream(directory_ + "/file") << text;
  }

  std::string directory_;
};

TEST_F(CheckoutTest, CommitAndWhetherItIsAllThereIs) {
  EXPECT_EQ(CheckoutCommit(), "");
  Git("init");
  Write("committed");
  Git("add file");
  Git("commit -m first");
  Git("tag v1");
  EXPECT_THAT(CheckoutCommit(), MatchesRegex("[0-9a-f]{40}"));
  const std::string commit = CheckoutCommit();
  Write("changed");
  EXPECT_EQ(CheckoutCommit(), commit + "-dirty");
}

TEST_F(CheckoutTest, NotOfARepositoryAround) {
  Git("init");
  Write("committed");
  Git("add file");
  Git("commit -m first");
  setenv("BUILD_WORKSPACE_DIRECTORY", (directory_ + "/inner").c_str(), 1);
  EXPECT_EQ(CheckoutCommit(), "");
}

TEST_F(CheckoutTest, NoneUnlessBazelStartedTheProgram) {
  unsetenv("BUILD_WORKSPACE_DIRECTORY");
  EXPECT_EQ(CheckoutCommit(), "");
}

}  // namespace
}  // namespace minidl
