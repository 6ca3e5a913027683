#include "base/text_proto.h"

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/duration.pb.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(TextProtoTest, Parses) {
  google::protobuf::Duration duration;
  ASSERT_THAT(ParseTextProto("seconds: 3 # comment\nnanos: 5", "f", &duration),
              IsOk());
  EXPECT_EQ(duration.seconds(), 3);
  EXPECT_EQ(duration.nanos(), 5);
}

TEST(TextProtoTest, MistakesHaveFileLineAndColumn) {
  google::protobuf::Duration duration;
  EXPECT_THAT(
      ParseTextProto("seconds: 3\n nano: 5\n", "a.textproto", &duration),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(StartsWith("a.textproto:2:"), HasSubstr("\"nano\""))));
}

TEST(TextProtoTest, MissingFileIsNotFound) {
  google::protobuf::Duration duration;
  EXPECT_THAT(ReadTextProto("/nonexistent", &duration),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent")));
}

}  // namespace
}  // namespace minidl
