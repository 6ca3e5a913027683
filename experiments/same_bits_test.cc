// A result depends neither on the compiler nor on the processor, as long as
// that has fused multiply-adds: whole rounds, from the random numbers to the
// record, hashed. Continuous integration runs this built by GCC and by Clang.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/fingerprint.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "experiments/configuration.h"
#include "experiments/disk.h"
#include "experiments/round.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "nn/validate_training.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "records/run_records.h"
#include "tensor/kernels/targets_testutil.h"

namespace minidl {
namespace {

using ::testing::DoubleNear;
using ::testing::Pointwise;

// What a training left: the mean losses of its epochs and a hash of all bits.
// Of a round, the record is hashed, in which there is a hash of the parameters.
struct Outcome {
  std::string name;
  std::vector<double> losses;
  uint64_t hash;

  friend bool operator==(const Outcome& a, const Outcome& b) {
    return a.name == b.name && a.losses == b.losses && a.hash == b.hash;
  }
};

// As a line of kGolden.
std::ostream& operator<<(std::ostream& stream, const Outcome& outcome) {
  return stream << absl::StreamFormat("{\"%s\", 0x%016x},", outcome.name,
                                      outcome.hash);
}

// What the default study's architectures lack: convolutions that are not fused,
// with stride and padding, more than one pooling window in a place, tanh, no
// convolution at all, and normalisations.
constexpr const char* kMoreArchitectures[] = {R"(
  name: "residual"  # Layers within layers, and initial weights of all kinds.
  branches: SHARED
  initialization: KAIMING_NORMAL
  branch {
    conv2d {
      out_channels: 6 kernel_size: 3 padding: 2 dilation: 2
      initialization: KAIMING_UNIFORM
    }
  }
  branch { gelu {} }
  branch { avg_pool2d { kernel_size: 2 } }
  branch {
    residual {
      layers { conv2d { out_channels: 5 kernel_size: 3 padding: 1 } }
      layers { leaky_relu { negative_slope: 0.1 } }
      layers { avg_pool2d { kernel_size: 3 stride: 1 padding: 1 } }
      shortcut { conv2d { out_channels: 5 kernel_size: 1 } }
    }
  }
  branch {
    sequential {
      layers { flatten {} }
      layers { linear { out_features: 30 initialization: XAVIER_NORMAL } }
    }
  }
  branch { sigmoid {} }
  branch { linear { out_features: 10 initialization: XAVIER_UNIFORM } }
  head { linear { out_features: 2 initialization: PYTORCH_DEFAULT } }
  auxiliary_loss_weight: 0.5)",
                                              R"(
  name: "strides"
  branches: SEPARATE
  branch { conv2d { out_channels: 6 kernel_size: 3 stride: 2 padding: 1 } }
  branch { tanh {} }
  branch { max_pool2d { kernel_size: 3 stride: 1 } }
  branch { conv2d { out_channels: 9 kernel_size: 2 stride: 2 } }
  branch { relu {} }
  branch { flatten {} }
  branch { dropout { probability: 0.2 } }
  branch { linear { out_features: 10 } }
  head { linear { out_features: 2 } }
  auxiliary_loss_weight: 0.5)",
                                              R"(
  name: "perceptron"
  branches: JOINT
  branch { flatten {} }
  branch { dropout { probability: 0.2 } }
  branch { linear { out_features: 33 } }
  branch { tanh {} }
  branch { linear { out_features: 20 } }
  branch { relu {} }
  head { linear { out_features: 2 } })",
                                              R"(
  name: "normalizations"
  branches: SHARED
  branch { conv2d { out_channels: 18 kernel_size: 3 } }
  branch { batch_norm2d {} }
  branch { relu {} }
  branch { max_pool2d { kernel_size: 2 } }
  branch { layer_norm { normalized_shape: [ 6, 6 ] } }
  branch { flatten {} }
  branch { linear { out_features: 33 } }
  branch { layer_norm {} }
  branch { tanh {} }
  branch { linear { out_features: 10 } }
  head { batch_norm1d {} }
  head { linear { out_features: 2 } }
  auxiliary_loss_weight: 0.5)"};

// What the default study's training and losses lack, for a network of this
// name.
struct Recipe {
  const char* name;
  const char* losses;
  const char* training;
};
constexpr Recipe kRecipes[] = {
    {"nesterov",
     "comparison_loss { bce_with_logits {} } "
     "auxiliary_loss { bce_with_logits {} reduction: SUM }",
     "sgd { learning_rate: 0.01 momentum: 0.9 nesterov: true "
     "weight_decay: 0.01 } schedule: COSINE warm_up_epochs: 1 "
     "max_gradient_norm: 2"},
    {"dampening",
     "comparison_loss { mse {} } auxiliary_loss { mse {} reduction: SUM }",
     "sgd { learning_rate: 0.01 momentum: 0.9 dampening: 0.1 } "
     "max_gradient_norm: 1 max_gradient_value: 0.1"},
    {"adam",
     "comparison_loss { cross_entropy { class_weights: [1.5, 1] } } "
     "auxiliary_loss { cross_entropy { label_smoothing: 0.1 } }",
     "adam { learning_rate: 0.003 weight_decay: 0.01 } schedule: STEP "
     "step_decay { epochs: 1 factor: 0.3 }"},
    {"adamw",
     "auxiliary_loss { cross_entropy { label_smoothing: 0.1 "
     "class_weights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } }",
     "adamw { learning_rate: 0.003 }"},
    {"rmsprop", "",
     "rmsprop { learning_rate: 0.001 alpha: 0.9 momentum: 0.5 "
     "weight_decay: 0.01 centered: true }"},
};

// Some batches, and a smaller one at the end.
void MakeSmall(proto::Study& study) {
  study.set_train_pairs(110);
  study.set_test_pairs(60);
  study.mutable_training()->set_epochs(3);
}

Outcome TrainRound(const proto::Study& study,
                   proto::Architecture architecture) {
  architecture.clear_description();  // Words.
  const std::atomic<bool> cancelled = false;
  auto record = RunRound(SharedMnist(), MakeConfiguration(study, architecture),
                         /*round=*/1, cancelled);
  EXPECT_THAT(record, IsOk());
  // A word, and what is part of data_hash.
  record->clear_data_set();
  record->clear_test_data_hash();
  EXPECT_EQ(record->status(), proto::RunRecord::FINISHED);
  Outcome outcome;
  outcome.name = architecture.name();
  for (const proto::Epoch& epoch : record->epochs()) {
    outcome.losses.push_back(epoch.loss());
  }
  const std::string bytes = SerializeRunRecord(ReproducibleForm(*record));
  Fingerprint fingerprint;
  fingerprint.Add(absl::MakeConstSpan(bytes.data(), bytes.size()));
  outcome.hash = fingerprint.value();
  return outcome;
}

Outcome TrainDisk(const std::string& name, const DiskOptions& options) {
  Outcome outcome;
  outcome.name = name;
  const auto result = RunDisk(options, [&outcome](int /*epoch*/, double loss) {
    outcome.losses.push_back(loss);
  });
  EXPECT_THAT(result, IsOk());
  Fingerprint fingerprint;
  fingerprint.Add(absl::MakeConstSpan(outcome.losses));
  fingerprint.Add(
      absl::MakeConstSpan({result->train_error, result->test_error}));
  outcome.hash = fingerprint.value();
  return outcome;
}

// With the instruction sets that the kernels choose among now.
std::vector<Outcome> TrainAll() {
  std::vector<Outcome> outcomes;
  const auto file = FindRunfile("experiments/studies/default.textproto");
  EXPECT_THAT(file, IsOk());
  auto study = LoadStudy(*file);
  EXPECT_THAT(study, IsOk());
  MakeSmall(study->message);
  for (const proto::Configuration& configuration : study->configurations) {
    outcomes.push_back(
        TrainRound(study->message, configuration.architecture()));
  }

  // The other optimizer, with a constant rate.
  proto::Study more = SmallStudy().message;
  MakeSmall(more);
  for (const char* text : kMoreArchitectures) {
    proto::Architecture architecture;
    EXPECT_THAT(ParseTextProto(text, "test", &architecture), IsOk());
    outcomes.push_back(TrainRound(more, architecture));
  }

  for (const Recipe& recipe : kRecipes) {
    proto::Architecture architecture;
    EXPECT_THAT(ParseTextProto(absl::StrCat(R"(
        branches: SHARED
        branch { flatten {} }
        branch { linear { out_features: 33 } }
        branch { tanh {} }
        branch { linear { out_features: 10 } }
        head { linear { out_features: 2 } }
        auxiliary_loss_weight: 0.5 )",
                                            recipe.losses),
                               recipe.name, &architecture),
                IsOk());
    architecture.set_name(recipe.name);
    proto::Study study_of_recipe = more;
    EXPECT_THAT(
        ParseTextProto(absl::StrCat("epochs: 3 batch_size: 25 "
                                    "input_normalization: MEAN_AND_DEVIATION ",
                                    recipe.training),
                       recipe.name, study_of_recipe.mutable_training()),
        IsOk());
    EXPECT_THAT(ValidateTraining(study_of_recipe.training()), IsOk());
    outcomes.push_back(TrainRound(study_of_recipe, architecture));
  }

  DiskOptions options;
  options.epochs = 3;
  outcomes.push_back(TrainDisk("disk", options));
  options.batch_size = 30;
  options.momentum = 0.9;
  outcomes.push_back(TrainDisk("disk_momentum", options));
  options = {};
  options.epochs = 3;
  options.activation = "gelu";
  options.optimizer = "adam";
  outcomes.push_back(TrainDisk("disk_gelu_adam", options));
  return outcomes;
}

struct Golden {
  const char* name;
  uint64_t hash;
};

// What this code itself computed. Every change of the order of a sum or of a
// rounding, of what a seed means and of what is in a record changes them; if
// that is meant, take the lines that the failing test prints, and see that they
// hold with --config=clang too.
constexpr Golden kGolden[] = {
    {"convnet", 0x0c97b712c1d2a04f},
    {"convnet_shared", 0x00e6d671fd38c179},
    {"convnet_aux", 0x32ba55cd2623c924},
    {"convnet_shared_aux", 0xb1ad7197cd7817d3},
    {"residual", 0xc903f4b4e500ac9c},
    {"strides", 0x3f545ce8a604d0d9},
    {"perceptron", 0x2126c4b180826765},
    {"normalizations", 0x6609cce9ae2faaf6},
    {"nesterov", 0x0bfdc9cf64cd1cc9},
    {"dampening", 0x8b9f194d323d180b},
    {"adam", 0x9d9ec71d64b0b8db},
    {"adamw", 0xd626268884083b50},
    {"rmsprop", 0xa4ac3a927e3e328f},
    {"disk", 0xdefee0fefff877dc},
    {"disk_momentum", 0x1cd58d375fb5ecaa},
    {"disk_gelu_adam", 0x85a484f0a5ae1ddd},
};

class SameBitsTest : public testing::Test {
 protected:
  ~SameBitsTest() override { kernels::ChooseTargets(0); }
};

TEST_F(SameBitsTest, WithAvx2AndAvx512) {
  if (!kernels::HasAvx2AndAvx512()) {
    GTEST_SKIP() << "this processor has not both";
  }
  kernels::ChooseTargets(HWY_AVX2);
  const std::vector<Outcome> avx2 = TrainAll();
  kernels::ChooseTargets(HWY_AVX3);
  EXPECT_EQ(TrainAll(), avx2);
}

TEST_F(SameBitsTest, WithEveryCompilerAndProcessor) {
  if ((hwy::SupportedTargets() & HWY_AVX2) == 0) {
    GTEST_SKIP() << "this processor has no fused multiply-adds";
  }
  const std::vector<Outcome> outcomes = TrainAll();
  const bool same = std::equal(
      outcomes.begin(), outcomes.end(), std::begin(kGolden), std::end(kGolden),
      [](const Outcome& outcome, const Golden& golden) {
        return outcome.name == golden.name && outcome.hash == golden.hash;
      });
  if (!same) {
    ADD_FAILURE() << "not kGolden of " << __FILE__ << ", but\n"
                  << absl::StrJoin(outcomes, "\n", absl::StreamFormatter());
  }
}

// Two roundings in place of a fused multiply-add's one: other bits, but the
// same training, whose differences grow from step to step.
TEST_F(SameBitsTest, WithoutFusedMultiplyAddsNearlyTheSame) {
  const std::vector<Outcome> expected = TrainAll();
  kernels::ForEachTarget([&expected] {
    const std::vector<Outcome> outcomes = TrainAll();
    ASSERT_EQ(outcomes.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      SCOPED_TRACE(expected[i].name);
      EXPECT_THAT(outcomes[i].losses,
                  Pointwise(DoubleNear(1e-3), expected[i].losses));
    }
  });
}

}  // namespace
}  // namespace minidl
