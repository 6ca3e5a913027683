#include "base/file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A directory of its own for each test.
std::string TestDirectory() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string directory = testing::TempDir() + "/" + test->name();
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  return directory;
}

int64_t NumFiles(const std::string& directory) {
  return std::distance(std::filesystem::directory_iterator(directory), {});
}

TEST(FileTest, WhatIsWrittenIsRead) {
  const std::string path = TestDirectory() + "/file";
  const std::string contents("a\0b\n", 4);
  ASSERT_THAT(WriteFile(path, contents), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(contents));
  ASSERT_THAT(WriteFile(path, "second"), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("second"));
}

TEST(FileTest, ReadsMoreThanOneBuffer) {
  const std::string path = TestDirectory() + "/file";
  const std::string contents(1'000'003, 'x');
  ASSERT_THAT(WriteFile(path, contents), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(contents));
}

TEST(FileTest, MissingFileIsNotFoundAndNamed) {
  EXPECT_THAT(ReadFile("/nonexistent/file"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/nonexistent/file: cannot open")));
}

TEST(FileTest, FileThatIsTooLargeIsNotRead) {
  const std::string path = TestDirectory() + "/file";
  ASSERT_THAT(WriteFile(path, "12345"), IsOk());
  EXPECT_THAT(ReadFile(path, 5), IsOkAndHolds("12345"));
  const auto too_large = [](const std::string& file, size_t max_size) {
    return StatusIs(absl::StatusCode::kFailedPrecondition,
                    absl::StrCat(file,
                                 ": the file is too large; expected at "
                                 "most ",
                                 max_size, " bytes"));
  };
  EXPECT_THAT(ReadFile(path, 4), too_large(path, 4));
  // Without an end.
  EXPECT_THAT(ReadFile("/dev/zero", 1'000'000),
              too_large("/dev/zero", 1'000'000));
  // A file that takes no space, but more memory than there is.
  std::filesystem::resize_file(path, uintmax_t{1} << 40);
  EXPECT_THAT(ReadFile(path, 1'000'000), too_large(path, 1'000'000));
}

TEST(FileTest, DirectoryCannotBeRead) {
  const std::string directory = TestDirectory();
  EXPECT_THAT(ReadFile(directory),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(directory + ": cannot read")));
}

TEST(FileTest, MissingDirectoryIsNotFound) {
  EXPECT_THAT(WriteFile(TestDirectory() + "/none/file", "x"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/none/file: cannot create")));
}

TEST(FileTest, FailureLeavesTheOldContentsAndNoTemporaryFile) {
  const std::string directory = TestDirectory();
  const std::string path = directory + "/file";
  ASSERT_THAT(WriteFile(path, "old"), IsOk());
  // No file of this process may grow beyond 64 KiB: as on a full disk, the
  // write stops half-way.
  const auto previous_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const rlimit small_limit = {1 << 16, old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small_limit), 0);
  const absl::Status status = WriteFile(path, std::string(1 << 20, 'x'));
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, previous_handler);

  EXPECT_THAT(status, Not(IsOk()));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("old"));
  const auto entries = std::filesystem::directory_iterator(directory);
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST(FileTest, NewFileHasTheUsersMode) {
  const std::string path = TestDirectory() + "/file";
  const mode_t mask = umask(022);
  ASSERT_THAT(WriteFile(path, "x"), IsOk());
  umask(mask);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
}

TEST(FileTest, KeepsTheModeOfAFileItReplaces) {
  const std::string path = TestDirectory() + "/file";
  ASSERT_THAT(WriteFile(path, "x"), IsOk());
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  ASSERT_THAT(WriteFile(path, "y"), IsOk());
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(FileTest, SymbolicLinkStaysAndItsTargetIsWritten) {
  const std::string directory = TestDirectory();
  const std::string target = directory + "/target";
  const std::string link = directory + "/link";
  ASSERT_THAT(WriteFile(target, "old"), IsOk());
  std::filesystem::create_symlink("target", link);
  ASSERT_THAT(WriteFile(link, "new"), IsOk());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_THAT(ReadFile(target), IsOkAndHolds("new"));
}

TEST(FileTest, FullDiskIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP();
  EXPECT_THAT(WriteFile("/dev/full", "x"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("/dev/full: cannot write")));
}

TEST(AtomicFileTest, AppearsWhenItIsComplete) {
  const std::string directory = TestDirectory();
  const std::string path = directory + "/file";
  {
    absl::StatusOr<AtomicFile> file =
        AtomicFile::Create(path, AtomicFile::Existing::kRefuse);
    ASSERT_THAT(file, IsOk());
    EXPECT_THAT(file->Write("first "), IsOk());
    EXPECT_THAT(file->Write("second"), IsOk());
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_THAT(file->Commit(), IsOk());
    EXPECT_THAT(ReadFile(path), IsOkAndHolds("first second"));
  }
  EXPECT_EQ(NumFiles(directory), 1);
}

TEST(AtomicFileTest, NothingRemainsWithoutCommit) {
  const std::string directory = TestDirectory();
  {
    absl::StatusOr<AtomicFile> file =
        AtomicFile::Create(directory + "/file", AtomicFile::Existing::kRefuse);
    ASSERT_THAT(file, IsOk());
    EXPECT_THAT(file->Write("some"), IsOk());
    EXPECT_EQ(NumFiles(directory), 1);
  }
  EXPECT_EQ(NumFiles(directory), 0);
}

TEST(AtomicFileTest, RefusesWhatIsThereAndWhatComesMeanwhile) {
  const std::string directory = TestDirectory();
  const std::string path = directory + "/file";
  {
    absl::StatusOr<AtomicFile> late =
        AtomicFile::Create(path, AtomicFile::Existing::kRefuse);
    ASSERT_THAT(late, IsOk());
    ASSERT_THAT(WriteFile(path, "results"), IsOk());
    const auto refused =
        StatusIs(absl::StatusCode::kAlreadyExists,
                 HasSubstr(path + ": exists already, and is not overwritten"));
    EXPECT_THAT(AtomicFile::Create(path, AtomicFile::Existing::kRefuse),
                refused);
    EXPECT_THAT(late->Commit(), refused);
  }
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("results"));
  EXPECT_EQ(NumFiles(directory), 1);
}

}  // namespace
}  // namespace minidl
