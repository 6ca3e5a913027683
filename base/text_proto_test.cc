#include "base/text_proto.h"

#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/type.pb.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
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

TEST(TextProtoTest, MessagesWithinMessagesHaveAnEnd) {
  // Of protobuf's own types the one that can hold itself.
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "list_value { values { ";
    for (int i = 0; i < depth; ++i) text += "} }";
    return text;
  };
  google::protobuf::Value value;
  EXPECT_THAT(ParseTextProto(nested(40), "f", &value), IsOk());
  // So many would take more stack than there is.
  EXPECT_THAT(
      ParseTextProto(nested(1'000'000), "f", &value),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(StartsWith("f:1:"), HasSubstr("exceeded the configured "
                                                   "recursion limit"))));
}

TEST(TextProtoTest, EndlessFileIsRefused) {
  google::protobuf::Duration duration;
  EXPECT_THAT(ReadTextProto("/dev/zero", &duration),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("/dev/zero: the file is too large")));
}

TEST(TextProtoTest, MissingFileIsNotFound) {
  google::protobuf::Duration duration;
  EXPECT_THAT(ReadTextProto("/nonexistent", &duration),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent")));
}

// A message with repeated and nested fields.
constexpr char kType[] = R"(name: "t"
fields { name: "a" }
fields {
  name: "b"
  options {
    value { type_url: "u" }
  }
}
oneofs: ["x", "y"]
oneofs: "z"
  source_context {}
)";

// "LINE:COLUMN" where a mistake with this message is located in kType.
std::string PlaceOf(const std::string& message) {
  google::protobuf::Type type;
  TextProtoLocations locations;
  EXPECT_THAT(ParseTextProto(kType, "f", &type, &locations), IsOk());
  const absl::Status located =
      locations.Locate(absl::InvalidArgumentError(message));
  EXPECT_THAT(located,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("f:"), EndsWith(": " + message))));
  const auto end = located.message().size() - message.size() - 2;
  return std::string(located.message().substr(2, end - 2));
}

TEST(TextProtoLocationsTest, AMistakeIsWhereItsFieldIs) {
  EXPECT_EQ(PlaceOf("name is \"t\""), "1:1");
  EXPECT_EQ(PlaceOf("fields[0].name is \"a\""), "2:10");
  EXPECT_EQ(PlaceOf("fields[1]: does not fit"), "3:1");
  EXPECT_EQ(PlaceOf("fields[1].name"), "4:3");
  EXPECT_EQ(PlaceOf("fields[1].options[0].value.type_url, if any"), "6:13");
  EXPECT_EQ(PlaceOf("source_context."), "11:3");
}

TEST(TextProtoLocationsTest, RepeatedFieldWithoutIndexIsTheLast) {
  EXPECT_EQ(PlaceOf("fields end with \"b\""), "3:1");
  EXPECT_EQ(PlaceOf("fields.name means nothing"), "3:1");
  EXPECT_EQ(PlaceOf("oneofs are"), "10:1");
}

TEST(TextProtoLocationsTest, AListIsWhereItStarts) {
  EXPECT_EQ(PlaceOf("oneofs[0] is \"x\""), "9:1");
}

TEST(TextProtoLocationsTest, WhatIsNotInTheTextIsWhereItShouldBe) {
  EXPECT_EQ(PlaceOf("fields[1].number is 0"), "3:1");
  EXPECT_EQ(PlaceOf("fields[1].options[0].name is empty"), "5:3");
  EXPECT_EQ(PlaceOf("source_context.file_name is empty"), "11:3");
  EXPECT_EQ(PlaceOf("syntax is not set"), "1:1");
  // These are no fields.
  EXPECT_EQ(PlaceOf("fields[1].nonsense is 3"), "3:1");
  EXPECT_EQ(PlaceOf("fields[1].name.nonsense is 3"), "4:3");
  EXPECT_EQ(PlaceOf("too many of them"), "1:1");
  EXPECT_EQ(PlaceOf(""), "1:1");
}

TEST(TextProtoLocationsTest, TellsWhatTheTextGives) {
  google::protobuf::Type type;
  TextProtoLocations locations;
  EXPECT_FALSE(locations.Contains("name"));
  ASSERT_THAT(ParseTextProto("fields { number: 0 } fields { name: \"b\" }", "f",
                             &type, &locations),
              IsOk());
  EXPECT_TRUE(locations.Contains("fields[0].number"));
  EXPECT_TRUE(locations.Contains("fields[1]"));
  EXPECT_TRUE(locations.Contains("fields[1].name"));
  EXPECT_FALSE(locations.Contains("fields[0].name"));
  EXPECT_FALSE(locations.Contains("fields[1].name.nonsense"));
  EXPECT_FALSE(locations.Contains("source_context.file_name"));
  EXPECT_FALSE(locations.Contains("name"));
}

TEST(TextProtoLocationsTest, KeepsTheCode) {
  google::protobuf::Type type;
  TextProtoLocations locations;
  EXPECT_THAT(locations.Locate(absl::NotFoundError("name")),
              StatusIs(absl::StatusCode::kNotFound, "name"));
  ASSERT_THAT(ParseTextProto(kType, "f", &type, &locations), IsOk());
  EXPECT_THAT(locations.Locate(absl::OkStatus()), IsOk());
  EXPECT_THAT(locations.Locate(absl::NotFoundError("name")),
              StatusIs(absl::StatusCode::kNotFound, "f:1:1: name"));
}

}  // namespace
}  // namespace minidl
