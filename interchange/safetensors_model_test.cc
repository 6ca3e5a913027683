#include "interchange/safetensors_model.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "interchange/safetensors.h"
#include "models/network_state.h"
#include "models/network_testutil.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SafetensorsModelTest : public testing::Test {
 protected:
  SafetensorsModelTest() {
    const proto::Architecture architecture = TestArchitecture();
    SavePairNetwork(architecture, kTestImages,
                    *TestNetwork(architecture, /*seed=*/1, dropout_), &model_);
    model_.mutable_input_normalization()->set_mean(33.25);
    model_.mutable_input_normalization()->set_deviation(0.1);
    model_.mutable_provenance()->set_study_name("study");
  }

  std::string Bytes() const {
    absl::StatusOr<std::string> bytes = SafetensorsFile(model_);
    MINIDL_CHECK(bytes.ok(), bytes.status().ToString());
    return *std::move(bytes);
  }

  int NumValues() const {
    int count = 0;
    for (const auto* list : {&model_.parameters(), &model_.buffers()}) {
      for (const proto::NamedTensor& tensor : *list) {
        count += tensor.values_size();
      }
    }
    return count;
  }

  // The same file with metadata of one's own.
  std::string BytesWith(
      const std::map<std::string, std::string>& metadata) const {
    std::vector<const proto::NamedTensor*> tensors;
    for (const auto* list : {&model_.parameters(), &model_.buffers()}) {
      for (const proto::NamedTensor& tensor : *list) tensors.push_back(&tensor);
    }
    return *SerializeSafetensors(metadata, tensors);
  }

  // `bytes` after `from`, which is there, has become `to`, as long.
  static std::string Replaced(std::string bytes, const std::string& from,
                              const std::string& to) {
    const size_t place = bytes.find(from);
    MINIDL_CHECK(place != std::string::npos && from.size() == to.size(), from);
    return bytes.replace(place, from.size(), to);
  }

  Generator dropout_{/*seed=*/0};
  proto::Model model_;
};

auto Fails(const std::string& message) {
  return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(message));
}

TEST_F(SafetensorsModelTest, ReadsWhatItHasWritten) {
  const absl::StatusOr<proto::Model> read = ImportSafetensors(Bytes(), {});
  ASSERT_THAT(read, IsOk());
  proto::Model expected = model_;
  expected.clear_provenance();
  EXPECT_EQ(read->SerializeAsString(), expected.SerializeAsString());
  EXPECT_EQ(Bytes(), Bytes());
}

TEST_F(SafetensorsModelTest, TensorsHaveTheNamesOfStateDict) {
  const std::string bytes = Bytes();
  const absl::StatusOr<Safetensors> file = ParseSafetensors(bytes);
  ASSERT_THAT(file, IsOk());
  std::vector<std::string> names;
  for (const SafetensorsEntry& entry : file->entries) {
    EXPECT_EQ(entry.dtype, "F32");
    names.push_back(entry.name);
  }
  // PyTorch 1.13: networks.PairNetwork(architecture).state_dict() of
  // tests/parity, without num_batches_tracked, the buffers last.
  EXPECT_THAT(names,
              ElementsAre("branch.0.weight", "branch.0.bias", "branch.1.weight",
                          "branch.1.bias", "branch.5.weight", "branch.5.bias",
                          "head.0.weight", "head.0.bias", "head.1.weight",
                          "head.1.bias", "head.3.weight", "head.3.bias",
                          "branch.1.running_mean", "branch.1.running_var",
                          "head.1.running_mean", "head.1.running_var"));
  EXPECT_EQ(file->metadata.at("format"), "pt");
  EXPECT_EQ(file->metadata.at("architecture_name"), "test");
  EXPECT_EQ(file->metadata.at("input_mean"), "33.25");
  EXPECT_EQ(file->metadata.at("input_deviation"), "0.10000000000000001");
  EXPECT_EQ(file->metadata.at("provenance"), R"({"study_name":"study"})");
}

TEST_F(SafetensorsModelTest, RefusesToWriteAModelThatIsNone) {
  model_.mutable_parameters(0)->set_name("other");
  EXPECT_THAT(SafetensorsFile(model_),
              Fails(R"(parameters: "other" is none of the 12 expected)"));
}

TEST_F(SafetensorsModelTest, OptionsSayWhatTheFileDoesNot) {
  const std::string bytes =
      BytesWith({{"height", "6"}, {"width", "6"}, {"num_classes", "3"}});
  SafetensorsImportOptions options;
  EXPECT_THAT(ImportSafetensors(bytes, options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("do not say the architecture")));
  options.architecture = TestArchitecture();
  EXPECT_THAT(ImportSafetensors(bytes, options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("do not say the mean and the deviation")));
  options.input_normalization = model_.input_normalization();
  const absl::StatusOr<proto::Model> read = ImportSafetensors(bytes, options);
  ASSERT_THAT(read, IsOk());
  model_.clear_provenance();
  EXPECT_EQ(read->SerializeAsString(), model_.SerializeAsString());
}

TEST_F(SafetensorsModelTest, OptionsCountBeforeTheFile) {
  SafetensorsImportOptions options;
  options.architecture = TestArchitecture();
  options.architecture->set_name("mine");
  options.input_normalization.emplace().set_mean(1);
  const absl::StatusOr<proto::Model> read = ImportSafetensors(Bytes(), options);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->architecture().name(), "mine");
  EXPECT_EQ(read->input_normalization().mean(), 1);
  EXPECT_EQ(read->input_normalization().deviation(), 0);
}

TEST_F(SafetensorsModelTest, IgnoresWhatBatchNormCounts) {
  proto::NamedTensor count;
  count.set_name("head.1.num_batches_tracked");
  count.add_values(0);
  *model_.add_buffers() = count;
  EXPECT_THAT(ImportSafetensors(BytesWith({{"height", "6"},
                                           {"width", "6"},
                                           {"num_classes", "3"},
                                           {"input_mean", "0"},
                                           {"input_deviation", "1"}}),
                                {TestArchitecture(), {}}),
              IsOk());
}

TEST_F(SafetensorsModelTest, RefusesOtherTensors) {
  const std::string bytes = Bytes();
  EXPECT_THAT(ImportSafetensors(
                  Replaced(bytes, "\"head.3.bias\"", "\"head.4.bias\""), {}),
              Fails(R"(tensor "head.3.bias" is missing)"));
  EXPECT_THAT(
      ImportSafetensors(Replaced(bytes, "\"dtype\":\"F32\",\"shape\":[4,1,3,3]",
                                 "\"dtype\":\"I32\",\"shape\":[4,1,3,3]"),
                        {}),
      Fails(R"(tensor "branch.0.weight" has dtype I32; expected F32)"));
  EXPECT_THAT(ImportSafetensors(Replaced(bytes, "[4,1,3,3]", "[4,3,3,1]"), {}),
              Fails(R"(tensor "branch.0.weight" has shape [4, 3, 3, 1]; )"
                    "expected [4, 1, 3, 3]"));
  proto::NamedTensor more;
  more.set_name("head.7.bias");
  more.add_values(0);
  *model_.add_parameters() = more;
  EXPECT_THAT(
      ImportSafetensors(
          BytesWith({{"height", "6"}, {"width", "6"}, {"num_classes", "3"}}),
          {TestArchitecture(), model_.input_normalization()}),
      Fails(R"(tensor "head.7.bias" is none of the 16 of the architecture)"));
}

TEST_F(SafetensorsModelTest, RefusesMetadataWithoutMeaning) {
  const std::map<std::string, std::string> good = {
      {"architecture", R"({"branches": "JOINT"})"},
      {"height", "6"},
      {"input_mean", "1"},
      {"input_deviation", "1"}};
  const auto import = [&](const std::string& key, const std::string& value) {
    std::map<std::string, std::string> metadata = good;
    metadata[key] = value;
    return ImportSafetensors(BytesWith(metadata), {});
  };
  EXPECT_THAT(import("height", "6x"),
              Fails(R"(its metadata "height" is "6x"; expected an integer)"));
  EXPECT_THAT(import("height", "99999999999999999999"),
              Fails("expected an integer"));
  EXPECT_THAT(import("width", "1025"),
              Fails("width is 1025; expected 1 to 1024"));
  EXPECT_THAT(import("num_classes", "0"),
              Fails("num_classes is 0; expected 1 to 1024"));
  EXPECT_THAT(import("input_mean", ""),
              Fails(R"("input_mean" is ""; expected a number)"));
  EXPECT_THAT(import("input_deviation", "nan"),
              Fails("expected finite numbers"));
  EXPECT_THAT(import("input_deviation", "-1"), Fails("at least 0"));
  EXPECT_THAT(import("architecture", "{"),
              Fails("expected a minidl.proto.Architecture message in JSON"));
  EXPECT_THAT(import("architecture", R"({"unknown": 1})"),
              Fails("expected a minidl.proto.Architecture message in JSON"));
  EXPECT_THAT(import("architecture", std::string(1'000'000, '[')),
              Fails("expected a minidl.proto.Architecture message in JSON"));
  std::string deep = R"({"branch":[)";
  for (int i = 0; i < 100'000; ++i) deep += R"({"sequential":{"layers":[)";
  EXPECT_THAT(import("architecture", deep),
              Fails("expected a minidl.proto.Architecture message in JSON"));
  EXPECT_THAT(import("architecture", "{}"),
              Fails("architecture: branches is not set"));
}

TEST_F(SafetensorsModelTest, AsksForNoMoreMemoryThanTheFileHas) {
  // 2^26 weights, where the file has a few dozen.
  EXPECT_THAT(
      ImportSafetensors(
          BytesWith({{"architecture",
                      R"({"branches":"SHARED","branch":[{"flatten":{}},)"
                      R"({"linear":{"out_features":65536}}],)"
                      R"("networks":100})"},
                     {"height", "32"},
                     {"width", "32"},
                     {"input_mean", "1"},
                     {"input_deviation", "1"}}),
          {}),
      Fails("architecture: branch[1].linear: the weight has shape [65536, "
            "1024]; expected at most"));
}

// Crashes and sanitizers' findings would stop it. A change of the values alone
// gives another model.
TEST_F(SafetensorsModelTest, ReadsOrRefusesWhateverBytes) {
  const std::string good = Bytes();
  const size_t data = good.size() - 4 * static_cast<size_t>(NumValues());
  Generator generator(/*seed=*/0);
  const auto random = [&generator](size_t bound) {
    return generator.Random32() % bound;
  };
  int refused = 0;
  constexpr int kFiles = 2000;
  for (int i = 0; i < kFiles; ++i) {
    std::string bytes = good;
    for (size_t changes = 1 + random(3); changes > 0; --changes) {
      const size_t place = random(bytes.size());
      switch (random(4)) {
        case 0:
          bytes[place] = static_cast<char>(random(256));
          break;
        case 1:
          bytes.resize(place + 1);
          break;
        case 2:
          bytes.erase(place, 1 + random(20));
          bytes += '\0';  // Never empty.
          break;
        default:
          bytes.insert(random(bytes.size()), bytes.substr(place, random(50)));
          break;
      }
    }
    const absl::StatusOr<proto::Model> read = ImportSafetensors(bytes, {});
    if (!read.ok()) {
      ++refused;
      EXPECT_LT(read.status().message().size(), 1000u);
    }
    // The same header and as many values.
    if (bytes.size() == good.size() &&
        bytes.compare(0, data, good, 0, data) == 0) {
      EXPECT_THAT(read, IsOk());
    }
  }
  EXPECT_GT(refused, kFiles / 2);
  EXPECT_LT(refused, kFiles);
}

}  // namespace
}  // namespace minidl
