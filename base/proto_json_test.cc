#include "base/proto_json.h"

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using google::protobuf::UninterpretedOption;

TEST(ProtoJsonTest, FieldsHaveTheirOwnNames) {
  UninterpretedOption message;
  message.set_identifier_value("a \"name\"");
  message.set_positive_int_value(18'446'744'073'709'551'615u);
  EXPECT_EQ(ProtoJson(message),
            R"({"identifier_value":"a \"name\"",)"
            R"("positive_int_value":"18446744073709551615"})");
}

TEST(ProtoJsonTest, Options) {
  UninterpretedOption message;
  message.set_double_value(-1 / 0.0);
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  EXPECT_EQ(ProtoJson(message, options),
            "{\n \"double_value\": \"-Infinity\"\n}\n");
}

}  // namespace
}  // namespace minidl
