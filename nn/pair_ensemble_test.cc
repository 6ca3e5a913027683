#include "nn/pair_ensemble.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr PairImages kImages = {4, 5, 3};
constexpr int64_t kPairs = 6;
constexpr float kBackground = -0.5f;

proto::Architecture Parse(const std::string& fields) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(R"(
      branches: SHARED
      branch { flatten {} }
      branch { linear { out_features: 3 } }
      branch { dropout { probability: 0.5 } }
      head { linear { out_features: 2 } } )" +
                                 fields,
                             "test", &architecture),
              IsOk());
  return architecture;
}

std::vector<double> Softmax(const std::vector<double>& logits) {
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit);
  std::vector<double> probabilities;
  for (const double logit : logits) {
    probabilities.push_back(std::exp(logit) / sum);
  }
  return probabilities;
}

// Adds the softmax of each row of `logits` to `sums`.
void AddSoftmax(const Tensor<float>& logits, std::vector<double>& sums) {
  sums.resize(static_cast<size_t>(logits.size()));
  size_t i = 0;
  for (int64_t n = 0; n < logits.shape()[0]; ++n) {
    const auto row = logits.Outer(n);
    for (const double p : Softmax({row.begin(), row.end()})) sums[i++] += p;
  }
}

class PairEnsembleTest : public testing::Test {
 protected:
  std::unique_ptr<PairEnsemble> Ensemble(const std::string& fields) {
    generator_ = Generator(1);
    auto ensemble =
        *PairEnsemble::Create(Parse(fields), kImages, {generator_, generator_});
    ensemble->set_background(kBackground);
    return ensemble;
  }

  // The pairs, moved.
  Tensor<float> Moved(int64_t down, int64_t right) const {
    Tensor<float> moved(pairs_.shape());
    for (int64_t n = 0; n < kPairs; ++n) {
      for (int64_t i = 0; i < 2; ++i) {
        for (int64_t y = 0; y < 4; ++y) {
          for (int64_t x = 0; x < 5; ++x) {
            const int64_t from_y = y - down;
            const int64_t from_x = x - right;
            const bool inside =
                0 <= from_y && from_y < 4 && 0 <= from_x && from_x < 5;
            moved(n, i, y, x) =
                inside ? pairs_(n, i, from_y, from_x) : kBackground;
          }
        }
      }
    }
    return moved;
  }

  // That the ensemble answers with the averages of the softmaxes of its
  // networks, each in evaluation mode, for `inputs`.
  void ExpectAverages(PairEnsemble& ensemble,
                      const std::vector<Tensor<float>>& inputs) {
    std::vector<double> comparison;
    std::vector<double> classes;
    double count = 0;
    for (const auto& network : ensemble.networks()) {
      network->SetTraining(false);
      for (const Tensor<float>& input : inputs) {
        const PairNetwork::Output output = network->Forward(input);
        AddSoftmax(output.comparison, comparison);
        AddSoftmax(*output.classes, classes);
        ++count;
      }
    }
    for (const auto& network : ensemble.networks()) network->SetTraining(true);
    const PairNetwork::Output output = ensemble.Predict(pairs_);
    ASSERT_EQ(output.comparison.shape(), Shape({kPairs, 2}));
    for (int64_t i = 0; i < output.comparison.size(); ++i) {
      EXPECT_NEAR(output.comparison.data()[i],
                  std::log(comparison[static_cast<size_t>(i)] / count), 1e-5);
    }
    ASSERT_EQ(output.classes->shape(), Shape({2 * kPairs, 3}));
    for (int64_t i = 0; i < output.classes->size(); ++i) {
      EXPECT_NEAR(output.classes->data()[i],
                  std::log(classes[static_cast<size_t>(i)] / count), 1e-5);
    }
  }

  Generator generator_{1};
  const Tensor<float> pairs_ = RandomTensor<float>({kPairs, 2, 4, 5}, 1);
};

TEST_F(PairEnsembleTest, OneNetworkAtOnePlaceAnswersItself) {
  const auto ensemble = Ensemble("");
  ASSERT_THAT(ensemble->networks(), SizeIs(1));
  PairNetwork& network = *ensemble->networks()[0];
  network.SetTraining(false);
  const Tensor<float> expected = network.Forward(pairs_).comparison.Clone();
  network.SetTraining(true);
  EXPECT_EQ(ensemble->Predict(pairs_).comparison.values(), expected.values());
}

TEST_F(PairEnsembleTest, NetworksAnswerTogether) {
  ExpectAverages(*Ensemble("networks: 3"), [this] {
    std::vector<Tensor<float>> inputs;
    inputs.push_back(pairs_.Clone());
    return inputs;
  }());
}

TEST_F(PairEnsembleTest, PairsAreSeenAtFivePlaces) {
  for (const int64_t shift : {1, 2, 3}) {
    for (const char* networks : {"", " networks: 2"}) {
      std::vector<Tensor<float>> inputs;
      inputs.push_back(pairs_.Clone());
      inputs.push_back(Moved(-shift, 0));
      inputs.push_back(Moved(shift, 0));
      inputs.push_back(Moved(0, -shift));
      inputs.push_back(Moved(0, shift));
      ExpectAverages(
          *Ensemble("test_shift: " + std::to_string(shift) + networks), inputs);
    }
  }
}

TEST_F(PairEnsembleTest, FirstNetworkIsTheOneOfASingle) {
  const auto single = Ensemble("");
  const auto several = Ensemble("networks: 2");
  ASSERT_THAT(several->networks(), SizeIs(2));
  const auto first = several->networks()[0]->Parameters();
  const auto second = several->networks()[1]->Parameters();
  const auto expected = single->Parameters();
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(first[i].parameter->value.values(),
              expected[i].parameter->value.values());
    EXPECT_NE(second[i].parameter->value.values(),
              expected[i].parameter->value.values());
  }
}

TEST_F(PairEnsembleTest, NamesTellTheNetwork) {
  const auto names_of = [](PairEnsemble& ensemble) {
    std::vector<std::string> names;
    for (const NamedParameter& named : ensemble.Parameters()) {
      names.push_back(named.name);
    }
    return names;
  };
  EXPECT_THAT(names_of(*Ensemble("")),
              ElementsAre("branch.1.weight", "branch.1.bias", "head.0.weight",
                          "head.0.bias"));
  EXPECT_THAT(
      names_of(*Ensemble("networks: 2")),
      ElementsAre("0.branch.1.weight", "0.branch.1.bias", "0.head.0.weight",
                  "0.head.0.bias", "1.branch.1.weight", "1.branch.1.bias",
                  "1.head.0.weight", "1.head.0.bias"));
}

TEST_F(PairEnsembleTest, NaNsStay) {
  const auto ensemble = Ensemble("networks: 2");
  ensemble->networks()[1]->Parameters()[3].parameter->value.Fill(
      std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(ensemble->Predict(pairs_).comparison.values(),
              testing::Each(testing::IsNan()));
}

TEST_F(PairEnsembleTest, FieldsAreChecked) {
  const auto status_of = [this](const std::string& fields) {
    return PairEnsemble::Create(Parse(fields), kImages,
                                {generator_, generator_})
        .status();
  };
  const auto is_mistake = [](const std::string& message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
  };
  EXPECT_THAT(status_of("networks: -1"),
              is_mistake("networks is -1; expected at least 0 and at most "
                         "1000"));
  EXPECT_THAT(status_of("networks: 1001"), is_mistake("networks is 1001"));
  EXPECT_THAT(status_of("test_shift: -1"), is_mistake("test_shift is -1"));
  EXPECT_THAT(status_of("test_shift: 4"),
              is_mistake("test_shift is 4; expected at least 0 and at most 3"));
  EXPECT_THAT(status_of("head { relu {} } branch { conv2d {} }"),
              is_mistake("branch[3].conv2d"));
}

}  // namespace
}  // namespace minidl
