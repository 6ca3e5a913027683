#include "nn/build_loss.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/loss.h"
#include "proto/architecture.pb.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr int64_t kClasses = 3;

absl::StatusOr<std::unique_ptr<ClassificationLoss>> Build(
    const std::string& text) {
  proto::Loss loss;
  EXPECT_THAT(ParseTextProto(text, "test", &loss), IsOk());
  return BuildLoss<float>(loss, "comparison_loss", kClasses);
}

class BuildLossTest : public testing::Test {
 protected:
  BuildLossTest() {
    for (int64_t n = 0; n < 4; ++n) one_hot_(n, classes_(n)) = 1;
  }

  // Compares the loss that `text` describes with `expected` of this target.
  template <typename Loss, typename Target>
  void ExpectSame(const std::string& text, Loss expected,
                  const Target& target) {
    SCOPED_TRACE(text);
    const auto loss = Build(text);
    ASSERT_THAT(loss, IsOk());
    for (int repeat = 0; repeat < 2; ++repeat) {
      EXPECT_EQ((*loss)->Forward(logits_, classes_),
                expected.Forward(logits_, target));
      EXPECT_THAT((*loss)->Backward(0.3).values(),
                  ElementsAreArray(expected.Backward(0.3).values()));
    }
  }

  const Tensor<float> logits_ = RandomTensor<float>({4, kClasses}, 1);
  const Tensor<int64_t> classes_{{4}, {0, 2, 2, 1}};
  Tensor<float> one_hot_{{4, kClasses}};
};

TEST_F(BuildLossTest, EveryKindAndReduction) {
  ExpectSame("", LossCrossEntropy(), classes_);
  ExpectSame("reduction: MEAN", LossCrossEntropy(), classes_);
  ExpectSame("reduction: SUM", LossCrossEntropy({Reduction::kSum, 0, {}}),
             classes_);
  ExpectSame("cross_entropy {}", LossCrossEntropy(), classes_);
  ExpectSame(
      "cross_entropy { label_smoothing: 0.1 class_weights: [1, 0, 2.5] } "
      "reduction: SUM",
      LossCrossEntropy({Reduction::kSum, 0.1, {1, 0, 2.5}}), classes_);
  ExpectSame("mse {}", LossMSE(), one_hot_);
  ExpectSame("mse {} reduction: SUM", LossMSE(Reduction::kSum), one_hot_);
  ExpectSame("bce_with_logits {}", LossBCEWithLogits(), one_hot_);
  ExpectSame("bce_with_logits {} reduction: SUM",
             LossBCEWithLogits(Reduction::kSum), one_hot_);
}

TEST_F(BuildLossTest, BatchesMayGrowAndShrink) {
  const auto loss = Build("mse {}");
  for (const int64_t batch : {2, 5, 1}) {
    // Of each row, one of three is 1 away.
    EXPECT_FLOAT_EQ(
        static_cast<float>((*loss)->Forward(Tensor<float>({batch, kClasses}),
                                            Tensor<int64_t>({batch}))),
        1.0f / 3);
  }
}

TEST(BuildLossMistakesTest, FieldsAreNamed) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"label_smoothing: 1",
       "comparison_loss.cross_entropy.label_smoothing is 1; expected at least "
       "0 and less than 1"},
      {"label_smoothing: nan", "label_smoothing is nan"},
      {"class_weights: [1, 2]",
       "comparison_loss.cross_entropy.class_weights has 2 numbers; expected 3, "
       "one for each class"},
      {"class_weights: [1, 2, -1]",
       "comparison_loss.cross_entropy.class_weights[2] is -1; expected 0 or a "
       "positive number"},
      {"class_weights: [1, inf, 1]", "class_weights[1] is inf"},
      {"class_weights: [0, 0, 0]",
       "class_weights is 0 for every class; expected a positive number"},
  };
  for (const auto& [options, message] : mistakes) {
    EXPECT_THAT(
        Build("cross_entropy { " + options + " }"),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  }
}

TEST(BuildLossDeathTest, Misuse) {
  const auto loss = Build("mse {}");
  EXPECT_DEATH((*loss)->Forward(Tensor<float>({2, 3}), Tensor<int64_t>({3})),
               "logits \\[2, 3\\] and classes \\[3\\] are not N×C and N");
  EXPECT_DEATH(
      (*loss)->Forward(Tensor<float>({1, 3}), Tensor<int64_t>({1}, {3})),
      "class 3 where there are 3");
}

}  // namespace
}  // namespace minidl
