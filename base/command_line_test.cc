#include "base/command_line.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gflags/gflags.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

DEFINE_int32(rounds, 10, "How many rounds to run.");
DEFINE_double(rate, 0.1, "How fast to go.");
DEFINE_string(output, "", "Where to write.");

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::ExitedWithCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ProgramUsage& Usage() {
  static const auto& usage = *new ProgramUsage{
      "program", "[flags] FILE...",
      "Does something that takes more than eighty columns to describe, so that "
      "it has to be wrapped."};
  return usage;
}

std::vector<std::string> Parse(std::vector<std::string> arguments) {
  google::FlagSaver saver;
  arguments.insert(arguments.begin(), "program");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return ParseCommandLine(Usage(), __FILE__, static_cast<int>(arguments.size()),
                          argv.data());
}

TEST(CommandLineTest, ReturnsWhatIsNotAFlag) {
  EXPECT_THAT(Parse({"a", "--rounds=3", "b"}), ElementsAre("a", "b"));
  EXPECT_THAT(Parse({"--rounds=3", "--", "--b"}), ElementsAre("--b"));
  EXPECT_THAT(Parse({}), IsEmpty());
}

TEST(CommandLineDeathTest, UnknownFlagExitsWithTwo) {
  EXPECT_EXIT(Parse({"--round=3"}), ExitedWithCode(2), "round");
}

TEST(CommandLineDeathTest, MalformedValueExitsWithTwo) {
  EXPECT_EXIT(Parse({"--rounds=many"}), ExitedWithCode(2), "many");
  EXPECT_EXIT(Parse({"--rounds=99999999999"}), ExitedWithCode(2), "rounds");
}

TEST(CommandLineDeathTest, HelpExitsWithZeroAndShowsTheProgramsOwnFlags) {
  // stderr is all that a death test can read.
  const auto help_on_stderr = [] {
    dup2(2, 1);
    Parse({"--help"});
  };
  EXPECT_EXIT(help_on_stderr(), ExitedWithCode(0),
              "Usage: program \\[flags\\] FILE\\.\\.\\.\n\n"
              "Does something .* has\nto be wrapped\\.\n\n"
              "Flags, with their defaults:\n"
              "  --output  Where to write\\.\n"
              "  --rate  How fast to go\\. \\[0\\.1\\]\n"
              "  --rounds  How many rounds to run\\. \\[10\\]\n$");
}

TEST(CommandLineTest, IsFlagSetWhateverTheValue) {
  google::FlagSaver saver;
  EXPECT_FALSE(IsFlagSet("rounds"));
  google::SetCommandLineOption("rounds", "10");  // The default.
  EXPECT_TRUE(IsFlagSet("rounds"));
}

TEST(CommandLineTest, StandardOutputThatTakesNothingIsAnError) {
  const auto print_to = [](const char* path) {
    const int descriptor = open(path, O_WRONLY);
    dup2(descriptor, STDOUT_FILENO);
    std::printf("text");
    _exit(FlushStandardOutput().ok() ? 0 : 7);
  };
  EXPECT_EXIT(print_to("/dev/null"), ExitedWithCode(0), "");
  EXPECT_EXIT(print_to("/dev/full"), ExitedWithCode(7), "");
}

TEST(CommandLineTest, ClosedStreamsStayClosedToUse) {
  // The exit code: how many descriptors behave as they should.
  const auto count = [] {
    for (int descriptor = 0; descriptor < 3; ++descriptor) close(descriptor);
    Parse({});
    char byte = 0;
    _exit((read(STDIN_FILENO, &byte, 1) < 0 && errno == EBADF ? 1 : 0) +
          (write(STDOUT_FILENO, &byte, 1) < 0 && errno == EBADF ? 1 : 0) +
          (write(STDERR_FILENO, &byte, 1) < 0 && errno == EBADF ? 1 : 0) +
          (open("/dev/null", O_RDONLY) > STDERR_FILENO ? 1 : 0));
  };
  EXPECT_EXIT(count(), ExitedWithCode(4), "");
}

TEST(CommandLineTest, NoArgumentsNamesTheSurplus) {
  EXPECT_THAT(NoArguments({}), IsOk());
  EXPECT_THAT(
      NoArguments({"rounds=3"}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'rounds=3'")));
}

TEST(CommandLineTest, StatusBecomesMessageAndExitCode) {
  EXPECT_EQ(ReportStatus(Usage(), absl::OkStatus()), 0);
  testing::internal::CaptureStderr();
  EXPECT_EQ(ReportStatus(Usage(), absl::InvalidArgumentError("--n is 0")), 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "program: --n is 0\n");
  testing::internal::CaptureStderr();
  EXPECT_EQ(ReportStatus(Usage(), absl::CancelledError("interrupted")), 130);
  EXPECT_EQ(ReportStatus(Usage(), absl::DataLossError("torn")), 1);
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace minidl
