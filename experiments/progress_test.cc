#include "experiments/progress.h"

#include <pty.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
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

// What a terminal of `columns` columns gets.
std::string OnTerminal(unsigned short columns) {
  int terminal;
  int program;
  winsize size = {};
  size.ws_row = 24;
  size.ws_col = columns;
  EXPECT_EQ(openpty(&terminal, &program, nullptr, nullptr, &size), 0);
  std::FILE* stream = fdopen(program, "w");
  Progress progress(4, stream);
  progress.Finished(FinishedRound());
  progress.End();
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

TEST(ProgressTest, TerminalLineChangesInPlaceAndGoesInTheEnd) {
  const std::string text = OnTerminal(80);
  EXPECT_THAT(text, StartsWith("\r0 of 4 rounds\x1b[K\r1 of 4 rounds, about"));
  EXPECT_THAT(text, HasSubstr("left | convnet round 3: test error 16.30 %"));
  EXPECT_THAT(text, testing::EndsWith("\r\x1b[KEND"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(ProgressTest, NarrowTerminalIsNotOverrun) {
  EXPECT_THAT(OnTerminal(10), HasSubstr("\r1 of 4 ro\x1b[K"));
}

}  // namespace
}  // namespace minidl
