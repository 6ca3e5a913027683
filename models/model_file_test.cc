#include "models/model_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/build_info.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "records/frame.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kRefuse = AtomicFile::Existing::kRefuse;
constexpr auto kReplace = AtomicFile::Existing::kReplace;

// A path of the running test that names no file yet.
std::string TestPath(const std::string& name) {
  const std::string path = absl::StrCat(
      testing::TempDir(), "/",
      testing::UnitTest::GetInstance()->current_test_info()->name(), "-", name);
  std::filesystem::remove(path);
  return path;
}

proto::Model SmallModel() {
  proto::Model model;
  model.mutable_architecture()->set_name("small");
  model.set_height(2);
  proto::NamedTensor& tensor = *model.add_parameters();
  tensor.set_name("0.weight");
  tensor.add_shape(3);
  tensor.add_values(1);
  tensor.add_values(-std::numeric_limits<float>::infinity());
  tensor.add_values(std::numeric_limits<float>::denorm_min());
  return model;
}

std::string SmallFile() {
  const std::string path = TestPath("small.model");
  EXPECT_THAT(WriteModelFile(path, SmallModel(), kRefuse), IsOk());
  return ReadFile(path).value();
}

// Expects a file with these contents to be refused.
void ExpectRefused(absl::string_view contents, absl::StatusCode code,
                   const std::string& message) {
  const std::string path = TestPath("refused.model");
  ASSERT_THAT(WriteFile(path, contents), IsOk());
  EXPECT_THAT(ReadModelFile(path),
              StatusIs(code, StartsWith(absl::StrCat(path, " ", message))));
}

TEST(ModelFileTest, WhatIsWrittenIsRead) {
  const std::string path = TestPath("a.model");
  ASSERT_THAT(WriteModelFile(path, SmallModel(), kRefuse), IsOk());
  const absl::StatusOr<proto::Model> read = ReadModelFile(path);
  ASSERT_THAT(read, IsOk());
  proto::Model expected = SmallModel();
  expected.set_format("minidl model");
  expected.set_format_version(1);
  expected.mutable_build()->set_compiler(CompilerName());
  expected.mutable_build()->set_compilation_mode(CompilationMode());
  expected.mutable_build()->set_id(BuildId());
  EXPECT_EQ(read->SerializeAsString(), expected.SerializeAsString());
}

TEST(ModelFileTest, SameModelGivesSameBytes) {
  const std::string first = SmallFile();
  EXPECT_EQ(SmallFile(), first);
  // Where the kind is told without reading the message.
  EXPECT_EQ(first.substr(kFrameHeaderSize, 14), "\x0a\x0cminidl model");
  // 1, -infinity and the smallest denormal number, little-endian.
  EXPECT_THAT(first,
              HasSubstr(absl::string_view(
                  "\x00\x00\x80\x3f\x00\x00\x80\xff\x01\x00\x00\x00", 12)));
}

TEST(ModelFileTest, FilesAreReplacedOnlyWhenAsked) {
  const std::string path = TestPath("a.model");
  ASSERT_THAT(WriteFile(path, "something"), IsOk());
  EXPECT_THAT(WriteModelFile(path, SmallModel(), kRefuse),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(path)));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("something"));
  EXPECT_THAT(WriteModelFile(path, SmallModel(), kReplace), IsOk());
  EXPECT_THAT(ReadModelFile(path), IsOk());
}

TEST(ModelFileTest, FailuresNameTheFile) {
  EXPECT_THAT(
      WriteModelFile("/none/a.model", SmallModel(), kRefuse),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/a.model")));
  EXPECT_THAT(
      WriteModelFile("/dev/full", SmallModel(), kReplace),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/dev/full")));
  EXPECT_THAT(
      ReadModelFile("/none/a.model"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/a.model")));
  EXPECT_THAT(
      ReadModelFile("/tmp"),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/tmp")));
}

TEST(ModelFileTest, EveryTruncationIsRefused) {
  const std::string file = SmallFile();
  ExpectRefused("", absl::StatusCode::kDataLoss, "is empty");
  for (size_t size = 1; size < kFrameHeaderSize; ++size) {
    ExpectRefused(file.substr(0, size), absl::StatusCode::kFailedPrecondition,
                  absl::StrCat("is not a model file: it has ", size, " bytes"));
  }
  for (size_t size = kFrameHeaderSize; size < file.size(); ++size) {
    ExpectRefused(file.substr(0, size), absl::StatusCode::kDataLoss,
                  absl::StrCat("is cut short: it has ", size, " of ",
                               file.size(), " bytes"));
  }
}

TEST(ModelFileTest, EveryCorruptByteIsRefused) {
  const std::string file = SmallFile();
  for (size_t i = 0; i < file.size(); ++i) {
    std::string corrupt = file;
    corrupt[i] = static_cast<char>(corrupt[i] ^ 0x10);
    if (i < kFrameHeaderSize) {
      ExpectRefused(corrupt, absl::StatusCode::kFailedPrecondition,
                    "is not a model file: the checksum of the length");
    } else {
      ExpectRefused(corrupt, absl::StatusCode::kDataLoss,
                    "is corrupt: the checksum of its ");
    }
  }
}

TEST(ModelFileTest, WhatFollowsTheModelIsRefused) {
  const std::string file = SmallFile();
  ExpectRefused(file + "x", absl::StatusCode::kDataLoss,
                "has 1 bytes after the model");
  ExpectRefused(file + file, absl::StatusCode::kDataLoss,
                absl::StrCat("has ", file.size(), " bytes after the model"));
}

TEST(ModelFileTest, OtherFilesAreRefused) {
  const auto kOther = absl::StatusCode::kFailedPrecondition;
  ExpectRefused("\x89PNG\r\n\x1a\n with some more", kOther,
                "is not a model file, but a PNG image");
  ExpectRefused("PK\x03\x04 with some more bytes", kOther,
                "is not a model file, but a zip archive");
  ExpectRefused("\x1f\x8b and some more bytes", kOther,
                "is not a model file, but gzip data");
  ExpectRefused("name: \"convnet\"\n", kOther, "is not a model file: ");
  // A record file.
  proto::RunRecord record;
  record.set_schema_version(1);
  record.set_study_name("default");
  record.mutable_architecture()->set_name("convnet");
  const std::string frame = Frame(record.SerializeAsString());
  for (const std::string& file : {frame, frame + frame, Frame("")}) {
    ExpectRefused(file, kOther,
                  "is not a model file: it holds a record of another kind");
  }
  // A terabyte is announced, with the right checksum, and not there.
  constexpr absl::string_view kHeader(
      "\x00\x00\x00\x00\x00\x01\x00\x00\xaa\x3d\x6b\xe4", kFrameHeaderSize);
  ExpectRefused(kHeader, absl::StatusCode::kDataLoss,
                "is not a model file: its length is 1099511627776 bytes");
}

TEST(ModelFileTest, OtherVersionsAreRefused) {
  proto::Model model = SmallModel();
  model.set_format("minidl model");
  for (const int version : {-1, 0, 2}) {
    model.set_format_version(version);
    ExpectRefused(Frame(model.SerializeAsString()),
                  absl::StatusCode::kFailedPrecondition,
                  absl::StrCat("has format version ", version,
                               "; this program reads version 1"));
  }
}

TEST(ModelFileTest, ContentsThatAreNoMessageAreRefused) {
  proto::Model model;
  model.set_format("minidl model");
  model.set_format_version(1);
  // The tensor, field 8, is said to be longer than the message.
  ExpectRefused(Frame(model.SerializeAsString() + "\x42\x7f"),
                absl::StatusCode::kDataLoss,
                "is corrupt: its contents are not a minidl.proto.Model");
  // A tensor of 3 bytes of packed floats.
  ExpectRefused(Frame(model.SerializeAsString() + "\x42\x05\x1a\x03" + "abc"),
                absl::StatusCode::kDataLoss,
                "is corrupt: its contents are not a ");
}

}  // namespace
}  // namespace minidl
