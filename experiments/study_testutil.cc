#include "experiments/study_testutil.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/text_proto.h"
#include "data/mnist.h"
#include "experiments/configuration.h"
#include "experiments/study.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

template <typename Message>
void Parse(const char* text, Message& message) {
  const absl::Status status = ParseTextProto(text, "testutil", &message);
  MINIDL_CHECK(status.ok(), status.ToString());
}

}  // namespace

Study SmallStudy() {
  Study study;
  proto::Study& message = study.message;
  Parse(R"(
      name: "small"
      seed: 5
      rounds: 3
      train_pairs: 60
      test_pairs: 40
      training {
        epochs: 2
        batch_size: 25
        sgd { learning_rate: 0.01 momentum: 0.9 }
        input_normalization: MEAN_AND_DEVIATION
      })",
        message);
  proto::Architecture architectures[2];
  Parse(R"(
      name: "separate"
      branches: SEPARATE
      branch { flatten {} }
      branch { linear { out_features: 5 } }
      branch { tanh {} }
      head { linear { out_features: 2 } })",
        architectures[0]);
  Parse(R"(
      name: "shared_aux"
      branches: SHARED
      branch { flatten {} }
      branch { dropout { probability: 0.1 } }
      branch { linear { out_features: 10 } }
      head { linear { out_features: 2 } }
      auxiliary_loss_weight: 1)",
        architectures[1]);
  for (const proto::Architecture& architecture : architectures) {
    study.configurations.push_back(MakeConfiguration(message, architecture));
  }
  return study;
}

const Mnist& SharedMnist() {
  static const Mnist& mnist = *[] {
    absl::StatusOr<std::string> directory = MnistDirectory("");
    MINIDL_CHECK(directory.ok(), directory.status().ToString());
    absl::StatusOr<Mnist> loaded = LoadMnist(*directory);
    MINIDL_CHECK(loaded.ok(), loaded.status().ToString());
    return new Mnist(*std::move(loaded));
  }();
  return mnist;
}

}  // namespace minidl
