#include "experiments/progress.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "statistics/table.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

proto::RunRecord FinishedRound() {
  proto::RunRecord record;
  record.mutable_architecture()->set_name("convnet");
  record.set_round(3);
  record.set_status(proto::RunRecord::FINISHED);
  record.mutable_errors()->mutable_test()->set_wrong(163);
  record.mutable_errors()->mutable_test()->set_total(1000);
  return record;
}

TEST(ProgressTest, DescribesRounds) {
  EXPECT_EQ(DescribeRound(FinishedRound()),
            "convnet round 3: test error 16.30 %");
  proto::RunRecord diverged = FinishedRound();
  diverged.set_status(proto::RunRecord::DIVERGED);
  diverged.set_stopped_epoch(2);
  diverged.set_stopped_step(7);
  EXPECT_EQ(DescribeRound(diverged),
            "convnet round 3: diverged in epoch 2, step 7: not finite");
  diverged.set_divergence(proto::RunRecord::AT_CHANCE);
  EXPECT_EQ(DescribeRound(diverged),
            "convnet round 3: diverged: stuck at chance");
}

TEST(ProgressTest, FileGetsALineARound) {
  std::FILE* file = std::tmpfile();
  Progress progress(2, file);
  progress.Finished(FinishedRound());
  progress.Finished(FinishedRound());
  progress.End();
  std::rewind(file);
  std::string text(1000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  EXPECT_EQ(text,
            "[1/2] convnet round 3: test error 16.30 %\n"
            "[2/2] convnet round 3: test error 16.30 %\n");
}

// What a terminal of `columns` columns gets, until "END" is there too. `narrow`
// makes it one of so many before the round ends.
std::string OnTerminal(unsigned short columns, unsigned short narrow = 0) {
  int terminal;
  int program;
  winsize size = {};
  size.ws_row = 24;
  size.ws_col = columns;
  EXPECT_EQ(openpty(&terminal, &program, nullptr, nullptr, &size), 0);
  std::FILE* stream = fdopen(program, "w");
  {
    proto::RunRecord earlier = FinishedRound();
    earlier.set_round(2);
    earlier.mutable_errors()->mutable_test()->set_wrong(143);
    Progress progress(4, stream, {earlier});
    progress.Started("convnet", 3);
    progress.Started("convnet_aux", 3);
    if (narrow != 0) {
      size.ws_col = narrow;
      EXPECT_EQ(ioctl(terminal, TIOCSWINSZ, &size), 0);
    }
    progress.Finished(FinishedRound());
    progress.End();
  }
  std::fputs("END", stream);
  std::fflush(stream);
  std::string text;
  char buffer[1000];
  while (text.find("END") == std::string::npos) {
    const ssize_t count = read(terminal, buffer, sizeof(buffer));
    if (count <= 0) break;
    text.append(buffer, static_cast<size_t>(count));
  }
  std::fclose(stream);
  close(terminal);
  return text;
}

// The lines that the terminal showed one after the other.
std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\r');
}

TEST(ProgressTest, TerminalLineChangesInPlaceAndGoesInTheEnd) {
  const std::string text = OnTerminal(120);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(
      Lines(text),
      ElementsAre(
          "", StartsWith("0 of 4 rounds ["),
          // 14.3 % is that of the round before.
          AllOf(StartsWith("0 of 4 rounds ["),
                HasSubstr("] | convnet round 3 | test error 14.30 %")),
          HasSubstr("] | convnet round 3 and 1 more | test error 14.30 %"),
          // Nothing is known of convnet_aux yet.
          AllOf(
              StartsWith("1 of 4 rounds ["),
              ContainsRegex("] \\| convnet_aux round 3 \\| about .* left *$")),
          MatchesRegex(" +"), "END"));
}

TEST(ProgressTest, NarrowTerminalIsNotOverrun) {
  for (const std::string& line : Lines(OnTerminal(10))) {
    EXPECT_LT(TextWidth(line), 10u) << line;
  }
}

TEST(ProgressTest, FollowsTheTerminalsSize) {
  const std::vector<std::string> lines = Lines(OnTerminal(120, 30));
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_GT(TextWidth(lines[3]), 30u);
  EXPECT_THAT(lines[4], StartsWith("1/4 | convnet_aux 3 | "));
  EXPECT_LT(TextWidth(lines[4]), 30u);
  EXPECT_LT(TextWidth(lines[5]), 30u);
}

TEST(ProgressTest, DumbTerminalGetsLines) {
  setenv("TERM", "dumb", /*overwrite=*/1);
  const std::string text = OnTerminal(120);
  unsetenv("TERM");
  EXPECT_EQ(text, "[1/4] convnet round 3: test error 16.30 %\r\nEND");
}

}  // namespace
}  // namespace minidl
