#include "statistics/lint.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/statistics.pb.h"

namespace minidl {
namespace {

TEST(LintTest, AllFields) {
  proto::RoundId id;
  id.set_round(4);
  const proto::Lint lint =
      MakeLint(proto::Lint::OUTLIER, proto::Lint::NOTE, {"a", "b"}, {id},
               "what is the matter", "what to do");
  EXPECT_EQ(lint.kind(), proto::Lint::OUTLIER);
  EXPECT_EQ(lint.severity(), proto::Lint::NOTE);
  EXPECT_THAT(lint.architectures(), testing::ElementsAre("a", "b"));
  ASSERT_EQ(lint.rounds_size(), 1);
  EXPECT_EQ(lint.rounds(0).round(), 4);
  EXPECT_EQ(lint.message(), "what is the matter");
  EXPECT_EQ(lint.advice(), "what to do");
}

}  // namespace
}  // namespace minidl
