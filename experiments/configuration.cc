#include "experiments/configuration.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "base/text_proto.h"
#include "data/data_set_name.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/validate_training.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

// Far beyond what this is for, so that an architecture is refused before it has
// taken all memory: the most elements of all weights, and of what all layers
// give for a batch.
constexpr int64_t kMaxWeightElements = int64_t{1} << 26;
constexpr double kMaxBatchElements = int64_t{1} << 30;

// How many elements `module`, and all that is in it, gives for an example of
// shape `input`.
double NumElements(Module& module, const Shape& input) {
  auto sum = static_cast<double>(module.OutputShape(input)->num_elements());
  const std::optional<BasicModuleWork<float>> work = module.Work(input);
  if (!work.has_value()) return sum;
  for (const auto& part : work->parts) {
    sum +=
        static_cast<double>(part.count) * NumElements(*part.module, part.input);
  }
  return sum;
}

absl::Status CheckMemory(PairNetwork& network, int64_t batch_size) {
  // Errors are counted on as many pairs at a time.
  constexpr int64_t kTestBatch = 100;
  const int64_t largest_batch = std::max(batch_size, kTestBatch);
  const Shape pair = {2, kDigitPairImages.height, kDigitPairImages.width};
  const double elements = NumElements(network.branches(), pair) +
                          NumElements(network.head(), network.features());
  if (elements * static_cast<double>(largest_batch) <= kMaxBatchElements) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "the layers give %.0f numbers for a pair, and there are batches of %d "
      "pairs; expected at most %.0f numbers for a batch: choose smaller layers "
      "or a smaller training.batch_size",
      elements, largest_batch, kMaxBatchElements));
}

// A name that is not one stays, for ValidateConditions to find.
std::string DataSetOf(const std::string& name) {
  return DataSetName(name).value_or(name);
}

absl::Status CheckDataSet(const std::string& name) {
  if (name.empty()) {
    return FieldError("data_set", "\"\"", "a name such as mnist");
  }
  return DataSetName(name).status();
}

}  // namespace

proto::Configuration MakeConfiguration(
    const proto::Study& study, const proto::Architecture& architecture) {
  proto::Configuration configuration;
  configuration.set_study_name(study.name());
  configuration.set_study_seed(study.seed());
  *configuration.mutable_architecture() = architecture;
  *configuration.mutable_training() = study.training();
  configuration.set_train_pairs(study.train_pairs());
  configuration.set_test_pairs(study.test_pairs());
  configuration.set_data_set(DataSetOf(study.data_set()));
  return configuration;
}

proto::Configuration ConfigurationOf(const proto::RunRecord& record) {
  proto::Configuration configuration;
  configuration.set_study_name(record.study_name());
  configuration.set_study_seed(record.study_seed());
  *configuration.mutable_architecture() = record.architecture();
  *configuration.mutable_training() = record.training();
  configuration.set_train_pairs(record.train_pairs());
  configuration.set_test_pairs(record.test_pairs());
  configuration.set_data_set(DataSetOf(record.data_set()));
  return configuration;
}

void SetConfiguration(const proto::Configuration& configuration,
                      proto::RunRecord& record) {
  record.set_study_name(configuration.study_name());
  record.set_study_seed(configuration.study_seed());
  *record.mutable_architecture() = configuration.architecture();
  *record.mutable_training() = configuration.training();
  record.set_train_pairs(configuration.train_pairs());
  record.set_test_pairs(configuration.test_pairs());
  record.set_data_set(configuration.data_set());
}

absl::Status CheckName(const std::string& field, const std::string& name) {
  const bool good =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
      });
  if (good) return absl::OkStatus();
  return FieldError(field, absl::StrCat("\"", name, "\""),
                    "lower-case letters, digits and '_'");
}

absl::Status ValidateArchitecture(const proto::Architecture& architecture) {
  MINIDL_RETURN_IF_ERROR(CheckName("name", architecture.name()));
  Generator generator(0);
  int64_t weight_elements = kMaxWeightElements;
  MINIDL_RETURN_IF_ERROR(
      PairEnsemble::Create(architecture, kDigitPairImages,
                           {generator, generator, &weight_elements})
          .status());
  return PairLoss::Create(architecture, kDigitPairImages.num_classes).status();
}

absl::Status ValidateBatches(const proto::Configuration& configuration) {
  Generator generator(0);
  MINIDL_ASSIGN_OR_RETURN(
      const std::unique_ptr<PairNetwork> network,
      PairNetwork::Create(configuration.architecture(), kDigitPairImages,
                          {generator, generator}));
  const int64_t batch_size = configuration.training().batch_size();
  MINIDL_RETURN_IF_ERROR(CheckMemory(*network, batch_size));
  const absl::Status whole = network->CheckTrainingBatch(batch_size);
  if (!whole.ok()) {
    return absl::Status(
        whole.code(), absl::StrCat(whole.message(), "; training.batch_size is ",
                                   batch_size, ", choose a larger one"));
  }
  const int64_t rest = configuration.train_pairs() % batch_size;
  if (rest == 0) return absl::OkStatus();
  const absl::Status last = network->CheckTrainingBatch(rest);
  if (last.ok()) return absl::OkStatus();
  return absl::Status(
      last.code(),
      absl::StrCat(last.message(), "; train_pairs is ",
                   configuration.train_pairs(), " and training.batch_size ",
                   batch_size, ", which leaves the last batch of an epoch ",
                   rest, ": change one of them"));
}

absl::Status ValidateConditions(const proto::Configuration& configuration) {
  MINIDL_RETURN_IF_ERROR(
      CheckCount("train_pairs", configuration.train_pairs()));
  MINIDL_RETURN_IF_ERROR(CheckCount("test_pairs", configuration.test_pairs()));
  MINIDL_RETURN_IF_ERROR(CheckDataSet(configuration.data_set()));
  const proto::Training& training = configuration.training();
  MINIDL_RETURN_IF_ERROR(ValidateTraining(training));
  if (training.batch_size() > configuration.train_pairs()) {
    return FieldError(
        "training.batch_size", training.batch_size(),
        absl::StrCat("at most train_pairs, ", configuration.train_pairs()));
  }
  return absl::OkStatus();
}

absl::Status ValidateConfiguration(const proto::Configuration& configuration) {
  MINIDL_RETURN_IF_ERROR(CheckName("study_name", configuration.study_name()));
  MINIDL_RETURN_IF_ERROR(ValidateConditions(configuration));
  absl::Status status = ValidateArchitecture(configuration.architecture());
  if (status.ok()) status = ValidateBatches(configuration);
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("architecture.", status.message()));
}

absl::StatusOr<proto::Configuration> ReadConfiguration(
    const std::string& path) {
  proto::Configuration configuration;
  TextProtoLocations locations;
  MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &configuration, &locations));
  MINIDL_RETURN_IF_ERROR(
      locations.Locate(ValidateConfiguration(configuration)));
  return configuration;
}

}  // namespace minidl
