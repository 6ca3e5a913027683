#include "interchange/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/model.pb.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

// 64 bits, little-endian.
std::string Length(uint64_t length) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) {
    bytes.push_back(static_cast<char>(length >> (8 * i) & 0xff));
  }
  return bytes;
}

std::string File(absl::string_view header, absl::string_view data) {
  return absl::StrCat(Length(header.size()), header, data);
}

// A header of one tensor "w", whose object has these members.
std::string Header(absl::string_view members) {
  return absl::StrCat(R"({"w":{)", members, "}}");
}

auto IsCorrupt(const std::string& message) {
  return StatusIs(absl::StatusCode::kDataLoss, HasSubstr(message));
}

TEST(SafetensorsTest, Reads) {
  const std::string header =
      R"({"b":{"shape":[],"dtype":"I64","data_offsets":[8,16]},)"
      R"("__metadata__":{"one":"1","":"\u00e9"},)"
      R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("none":{"dtype":"F16","shape":[3,0],"data_offsets":[8,8]}}   )";
  const std::string bytes = File(header, "0123456789abcdef");
  const absl::StatusOr<Safetensors> file = ParseSafetensors(bytes);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->metadata,
              ElementsAre(Pair("", "\xc3\xa9"), Pair("one", "1")));
  ASSERT_EQ(file->entries.size(), 3u);
  EXPECT_EQ(file->entries[0].name, "a");
  EXPECT_EQ(file->entries[0].dtype, "F32");
  EXPECT_THAT(file->entries[0].shape, ElementsAre(1, 2));
  EXPECT_EQ(file->entries[0].data, "01234567");
  EXPECT_EQ(file->entries[1].name, "none");
  EXPECT_EQ(file->entries[1].data, "");
  EXPECT_EQ(file->entries[2].name, "b");
  EXPECT_THAT(file->entries[2].shape, IsEmpty());
  EXPECT_EQ(file->entries[2].data, "89abcdef");
}

TEST(SafetensorsTest, ReadsNoTensors) {
  const std::string bytes = File("{}", "");
  const absl::StatusOr<Safetensors> file = ParseSafetensors(bytes);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->entries, IsEmpty());
}

TEST(SafetensorsTest, RefusesLengths) {
  EXPECT_THAT(ParseSafetensors(""), IsCorrupt("it has 0 bytes; expected 8"));
  EXPECT_THAT(ParseSafetensors("1234567"), IsCorrupt("it has 7 bytes"));
  EXPECT_THAT(ParseSafetensors(Length(0)), IsCorrupt("begin with '{'"));
  EXPECT_THAT(ParseSafetensors(Length(3) + "{}"),
              IsCorrupt("cut short: after its first 8 bytes it has 2 bytes, "
                        "and the header has 3"));
  // Neither is memory for so long a header.
  EXPECT_THAT(ParseSafetensors(Length(100'000'000) + "{}"),
              IsCorrupt("cut short"));
  for (const uint64_t length :
       {uint64_t{100'000'001}, uint64_t{1} << 63, ~uint64_t{0}}) {
    EXPECT_THAT(ParseSafetensors(Length(length) + "{}"),
                IsCorrupt(absl::StrCat("the header has ", length, " bytes")));
  }
}

TEST(SafetensorsTest, RefusesHeaders) {
  const std::string good = R"("dtype":"F32","shape":[1],"data_offsets":[0,4])";
  ASSERT_THAT(ParseSafetensors(File(Header(good), "1234")), IsOk());
  struct Case {
    std::string header;
    std::string error;
  };
  const std::vector<Case> cases = {
      {" {}", "does not begin with '{'"},
      {"\xef\xbb\xbf{}", "does not begin with '{'"},
      {"[]", "does not begin with '{'"},
      {"{", "not JSON at its byte 2"},
      {"{}x", "not JSON at its byte 3"},
      {"{} {}", "not JSON at its byte 4"},
      {std::string("{}\0", 3), "not JSON at its byte 3"},
      {R"({"w)", "not JSON"},
      {"{\"\xff\":1}", "not JSON"},
      {R"({"\ud800":1})", "not JSON"},
      {R"({"w":1})", R"("w" is 1; expected an object)"},
      {R"({"w":null})", R"("w" is null; expected an object)"},
      {R"({"w":[]})", R"("w" is an array; expected an object)"},
      {R"({"w":"x"})", R"("w" is a string; expected an object)"},
      {R"({"w":{}})", R"("w": "dtype" is missing)"},
      {Header(R"("dtype":"F32","shape":[1])"),
       R"("w": "data_offsets" is missing)"},
      {Header(R"("dtype":"F32","data_offsets":[0,4])"),
       R"("w": "shape" is missing)"},
      {Header(good + R"(,"more":1)"),
       R"("w": "more" is none of dtype, shape and data_offsets)"},
      {Header(good + R"(,"shape":[1])"), R"("w": "shape" is there twice)"},
      {absl::StrCat(R"({"w":{)", good, R"(},"w":{)", good, "}}"),
       R"("w" is there twice)"},
      {R"({"__metadata__":{},"__metadata__":{}})",
       R"("__metadata__" is there twice)"},
      {R"({"__metadata__":{"a":"","a":""}})",
       R"("__metadata__": "a" is there twice)"},
      {R"({"__metadata__":{"a":1}})",
       R"("__metadata__": "a" is 1; expected a string)"},
      {R"({"__metadata__":{"a":{}}})",
       R"("__metadata__": "a" is an object; expected a string)"},
      {R"({"__metadata__":{"a":["b"]}})",
       R"("__metadata__": "a" is an array; expected a string)"},
      {R"({"__metadata__":"a"})", R"("__metadata__" is a string)"},
      {Header(R"("dtype":1)"), R"("w": "dtype" is 1; expected a string)"},
      {Header(R"("dtype":["F32"])"), R"("w": "dtype" is an array)"},
      {Header(R"("shape":"1")"),
       R"("w": "shape" is a string; expected an array of integers)"},
      {Header(R"("shape":{})"), R"("w": "shape" is an object)"},
      {Header(R"("shape":true)"), R"("w": "shape" is a truth value)"},
      {Header(R"("shape":[[1]])"),
       R"("w": "shape" has an array; expected integers of at least 0)"},
      {Header(R"("shape":["1"])"), R"("w": "shape" has a string)"},
      {Header(R"("shape":[-1])"), R"("w": "shape" has -1; expected)"},
      {Header(R"("shape":[1.0])"), R"("w": "shape" has the number 1.0)"},
      {Header(R"("shape":[1e3])"), R"("w": "shape" has the number 1e3)"},
      {Header(R"("shape":[9007199254740993])"),
       R"("w": "shape": 9007199254740993 is more than 2^53)"},
      // More than 64 bits.
      {Header(R"("shape":[18446744073709551616])"),
       R"("w": "shape" has the number 18446744073709551616)"},
      {Header(R"("shape":[1e999])"), R"(not JSON)"},
      {Header(R"("data_offsets":[0])"),
       R"("w": "data_offsets" has 1 numbers; expected 2)"},
      {Header(R"("data_offsets":[0,4,8])"),
       R"("w": "data_offsets" has 3 numbers; expected 2)"},
      {Header(R"("dtype":"F33","shape":[1],"data_offsets":[0,4])"),
       R"(tensor "w" has dtype "F33", which is none of the format's)"},
  };
  for (const Case& wrong : cases) {
    EXPECT_THAT(ParseSafetensors(File(wrong.header, "1234")),
                IsCorrupt(wrong.error))
        << wrong.header;
  }
}

TEST(SafetensorsTest, RefusesDeepNesting) {
  // Whatever recursed would need gigabytes of stack.
  const std::string arrays(50'000'000, '[');
  EXPECT_THAT(ParseSafetensors(File(Header("\"shape\":" + arrays), "")),
              IsCorrupt("has an array"));
  EXPECT_THAT(ParseSafetensors(File("{\"w\":" + arrays, "")),
              IsCorrupt("is an array"));
}

TEST(SafetensorsTest, MessagesAreShort) {
  const std::string name = "\\u001b\\n" + std::string(1'000'000, 'n');
  const absl::StatusOr<Safetensors> file =
      ParseSafetensors(File(absl::StrCat("{\"", name, "\":1}"), ""));
  EXPECT_THAT(file, IsCorrupt(R"("\x1b\nnnn)"));
  EXPECT_LT(file.status().message().size(), 200u);
}

// One tensor's members, and what follows the header.
TEST(SafetensorsTest, RefusesOffsets) {
  const auto members = [](const std::string& dtype, const std::string& shape,
                          const std::string& offsets) {
    return Header(absl::StrCat(R"("dtype":")", dtype, R"(","shape":)", shape,
                               R"(,"data_offsets":)", offsets));
  };
  struct Case {
    std::string header;
    std::string error;
  };
  const std::vector<Case> cases = {
      {members("F32", "[2]", "[8,0]"),
       R"(tensor "w" has data_offsets [8, 0], whose end is before)"},
      {members("F32", "[3]", "[0,12]"),
       R"(tensor "w" has data_offsets [0, 12], but the file has 8 bytes)"},
      {members("F32", "[2]", "[9007199254740984,9007199254740992]"),
       "but the file has 8 bytes"},
      {members("F32", "[1]", "[0,8]"), "8 bytes, which is not what its dtype"},
      {members("F64", "[2]", "[0,8]"), "8 bytes, which is not what its dtype"},
      {members("F32", "[]", "[0,8]"), "8 bytes, which is not what its dtype"},
      // 2^64 and 2^66 times, which are 0 in 64 bits.
      {members("F32", "[4294967296,4294967296]", "[0,0]"),
       "0 bytes, which is not what its dtype"},
      {members("F32", "[4503599627370496,4503599627370496]", "[0,8]"),
       "8 bytes, which is not what its dtype"},
      {members("F32", "[1]", "[4,8]"),
       R"(tensor "w" has data that begin at 4, after bytes that belong to no)"},
      {members("F32", "[1]", "[0,4]"),
       "it has 8 bytes of data; expected 4, where the last tensor ends"},
      {R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
       R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
       R"(tensor "b" has data that begin at 4, within the tensor before; )"
       "expected 5"},
      {R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
       R"("b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
       "within the tensor before; expected 8"},
      {R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
       R"("b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}})",
       R"(tensor "b" has data that begin at 3, after bytes that belong to no)"},
  };
  for (const Case& wrong : cases) {
    EXPECT_THAT(ParseSafetensors(File(wrong.header, "12345678")),
                IsCorrupt(wrong.error))
        << wrong.header;
  }
}

TEST(SafetensorsTest, EveryPrefixIsRefused) {
  const std::string bytes = File(
      Header(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])"), "12345678");
  ASSERT_THAT(ParseSafetensors(bytes), IsOk());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(ParseSafetensors(bytes.substr(0, size)), Not(IsOk())) << size;
  }
}

TEST(SafetensorsTest, WritesWhatTheFormatSays) {
  proto::NamedTensor matrix;
  matrix.set_name("z.weight");
  matrix.add_shape(1);
  matrix.add_shape(2);
  matrix.add_values(1);
  matrix.add_values(-2);
  proto::NamedTensor number;
  number.set_name("a");
  number.add_values(0.5);
  const absl::StatusOr<std::string> bytes =
      SerializeSafetensors({{"k", "\"v\""}}, {&matrix, &number});
  ASSERT_THAT(bytes, IsOk());
  // Padded with blanks to a multiple of 8; values are IEEE 754 numbers,
  // little-endian.
  const std::string header =
      R"({"__metadata__":{"k":"\"v\""},)"
      R"("a":{"data_offsets":[8,12],"dtype":"F32","shape":[]},)"
      R"("z.weight":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}})";
  const size_t padding = (8 - header.size() % 8) % 8;
  EXPECT_EQ(*bytes, absl::StrCat(Length(header.size() + padding), header,
                                 std::string(padding, ' '),
                                 absl::string_view(
                                     "\0\0\x80\x3f\0\0\0\xc0\0\0\0\x3f", 12)));
}

TEST(SafetensorsTest, WritesMetadataThatIsNoUtf8) {
  const absl::StatusOr<std::string> bytes =
      SerializeSafetensors({{"k", "a\xff"}}, {});
  ASSERT_THAT(bytes, IsOk());
  const absl::StatusOr<Safetensors> file = ParseSafetensors(*bytes);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->metadata.at("k"), StartsWith("a"));
}

}  // namespace
}  // namespace minidl
