#include "nn/loss.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsNan;

// Compares `gradient` with `weight` times central differences of `loss`.
void ExpectIsGradient(const Tensor<double>& gradient, double weight,
                      const std::function<double(const Tensor<double>&)>& loss,
                      Tensor<double>& prediction) {
  constexpr double kStep = 1e-5;
  ASSERT_EQ(gradient.shape(), prediction.shape());
  for (int64_t i = 0; i < prediction.size(); ++i) {
    double& x = prediction.data()[i];
    const double before = x;
    x = before + kStep;
    const double above = loss(prediction);
    x = before - kStep;
    const double below = loss(prediction);
    x = before;
    EXPECT_NEAR(gradient.data()[i], weight * (above - below) / (2 * kStep),
                1e-9);
  }
}

TEST(LossMSETest, ByHand) {
  LossMSE loss;
  const Tensor<float> prediction({2, 2}, {1, 2, 3, 4});
  const Tensor<float> target({2, 2}, {1, 0, 4, 8});
  EXPECT_EQ(loss.Forward(prediction, target), (0 + 4 + 1 + 16) / 4.0);
  EXPECT_THAT(loss.Backward().values(), ElementsAre(0, 1, -0.5, -2));
  EXPECT_THAT(loss.Backward(10).values(), ElementsAre(0, 10, -5, -20));
}

TEST(LossMSETest, BackwardIsTheGradient) {
  BasicLossMSE<double> loss;
  auto prediction = RandomTensor<double>({3, 4}, 1);
  const auto target = RandomTensor<double>({3, 4}, 2);
  const auto forward = [&](const Tensor<double>& x) {
    return BasicLossMSE<double>().Forward(x, target);
  };
  loss.Forward(prediction, target);
  ExpectIsGradient(loss.Backward(), 1, forward, prediction);
  ExpectIsGradient(loss.Backward(0.3), 0.3, forward, prediction);
}

TEST(LossMSETest, SumIsNotDivided) {
  LossMSE loss(Reduction::kSum);
  const Tensor<float> prediction({2, 2}, {1, 2, 3, 4});
  const Tensor<float> target({2, 2}, {1, 0, 4, 8});
  EXPECT_EQ(loss.Forward(prediction, target), 0 + 4 + 1 + 16);
  EXPECT_THAT(loss.Backward().values(), ElementsAre(0, 4, -2, -8));
  EXPECT_THAT(loss.Backward(10).values(), ElementsAre(0, 40, -20, -80));
}

TEST(LossMSETest, BatchesMayGrowAndShrink) {
  LossMSE loss;
  for (const int64_t batch : {2, 5, 1}) {
    const auto prediction = RandomTensor<float>({batch, 3}, 1);
    const Tensor<float> target({batch, 3});
    double expected = 0;
    for (const float x : prediction.values()) expected += double{x} * x;
    EXPECT_NEAR(loss.Forward(prediction, target),
                expected / static_cast<double>(3 * batch), 1e-15);
    EXPECT_EQ(loss.Backward().shape(), prediction.shape());
  }
}

TEST(LossMSETest, NanPropagates) {
  LossMSE loss;
  const Tensor<float> prediction({2}, {std::nanf(""), 1});
  EXPECT_THAT(loss.Forward(prediction, Tensor<float>({2})), IsNan());
  EXPECT_THAT(loss.Backward().values(), ElementsAre(IsNan(), 1));
}

TEST(LossMSEDeathTest, Misuse) {
  LossMSE loss;
  EXPECT_DEATH(loss.Backward(), "LossMSE: Backward before Forward");
  EXPECT_DEATH(loss.Forward(Tensor<float>({2, 3}), Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(loss.Forward(Tensor<float>({0, 3}), Tensor<float>({0, 3})),
               "LossMSE: no predictions");
}

TEST(LossCrossEntropyTest, ByHand) {
  // Odds of 3 to 1, and of 1 to 1.
  LossCrossEntropy loss;
  const Tensor<float> logits({2, 2}, {std::log(3.0f), 0, 7, 7});
  const Tensor<int64_t> targets({2}, {0, 1});
  EXPECT_NEAR(loss.Forward(logits, targets),
              (std::log(4.0 / 3) + std::log(2)) / 2, 1e-7);
  EXPECT_THAT(loss.Backward().values(),
              ElementsAre(FloatNear(-0.125f, 1e-7f), FloatNear(0.125f, 1e-7f),
                          0.25, -0.25));
  EXPECT_THAT(
      loss.Backward(4).values(),
      ElementsAre(FloatNear(-0.5f, 4e-7f), FloatNear(0.5f, 4e-7f), 1, -1));
}

struct OptionsCase {
  LossCrossEntropyOptions options;
  double loss;
  std::vector<double> gradient;
};

// Printed by PyTorch 1.13, in double precision, for the logits, targets and
// weights below: torch.nn.CrossEntropyLoss(weight=w, label_smoothing=0.1,
// reduction="sum"), each with and without.
std::vector<OptionsCase> OptionsCases() {
  const std::vector<double> weights = {1, 0.25, 3};
  return {
      {{Reduction::kMean, 0, {}},
       1.5854127675979186,
       {-0.0990627760, 0.0075147219, 0.0915480541, 0.0116531556, 0.2340598880,
        -0.2457130436, 0.1248452698, -0.1251547302, 0.0003094605, 0.0244022769,
        -0.1648276847, 0.1404254079}},
      {{Reduction::kSum, 0, {}},
       6.341651070391674,
       {-0.3962511039, 0.0300588876, 0.3661922163, 0.0466126226, 0.9362395519,
        -0.9828521745, 0.4993810790, -0.5006189210, 0.0012378419, 0.0976091075,
        -0.6593107389, 0.5617016314}},
      {{Reduction::kMean, 0.1, {}},
       1.6291627675979186,
       {-0.0823961093, -0.0008186114, 0.0832147207, 0.0033198223, 0.2257265546,
        -0.2290463769, 0.1165119364, -0.1084880636, -0.0080238728, 0.0160689435,
        -0.1481610181, 0.1320920745}},
      {{Reduction::kMean, 0, weights},
       2.9211202621527916,
       {-0.0880558009, 0.0066797528, 0.0813760481, 0.0310750817, 0.6241597013,
        -0.6552347830, 0.0277433933, -0.0278121623, 0.0000687690, 0.0054227282,
        -0.0366283744, 0.0312056462}},
      {{Reduction::kSum, 0, weights},
       13.145041179687562,
       {-0.3962511039, 0.0300588876, 0.3661922163, 0.1398378677, 2.8087186556,
        -2.9485565234, 0.1248452698, -0.1251547302, 0.0003094605, 0.0244022769,
        -0.1648276847, 0.1404254079}},
      {{Reduction::kMean, 0.1, weights},
       2.9619861400053984,
       {-0.0676507185, 0.0051062240, 0.0625444945, 0.0220276006, 0.5893660874,
        -0.6113936879, 0.0332829027, -0.0111615417, -0.0221213610, 0.0005459273,
        -0.0240919861, 0.0235460589}},
      {{Reduction::kSum, 0.1, weights},
       13.328937630024292,
       {-0.3044282332, 0.0229780079, 0.2814502253, 0.0991242025, 2.6521473932,
        -2.7512715957, 0.1497730623, -0.0502269377, -0.0995461246, 0.0024566728,
        -0.1084139376, 0.1059572648}},
  };
}

template <typename T>
Tensor<T> CaseLogits() {
  return Tensor<T>({4, 3},
                   {1, -2, T{0.5}, 0, 3, -1, 2, 2, -4, -1, T{0.25}, T{0.75}});
}
const Tensor<int64_t>& CaseTargets() {
  static const auto& targets = *new Tensor<int64_t>({4}, {0, 2, 1, 1});
  return targets;
}

template <typename T>
void ExpectPyTorchs(double tolerance, double gradient_tolerance) {
  const Tensor<T> logits = CaseLogits<T>();
  for (const OptionsCase& expected : OptionsCases()) {
    SCOPED_TRACE(expected.loss);
    BasicLossCrossEntropy<T> loss(expected.options);
    EXPECT_NEAR(loss.Forward(logits, CaseTargets()), expected.loss,
                tolerance * expected.loss);
    const Tensor<T>& gradient = loss.Backward();
    for (int64_t i = 0; i < gradient.size(); ++i) {
      EXPECT_NEAR(gradient.data()[i], expected.gradient[static_cast<size_t>(i)],
                  gradient_tolerance);
    }
  }
}

TEST(LossCrossEntropyTest, OptionsArePyTorchs) {
  ExpectPyTorchs<double>(1e-14, 1e-10);  // As many digits as were printed.
  ExpectPyTorchs<float>(1e-6, 3 * 1e-6);
}

TEST(LossCrossEntropyTest, BackwardIsTheGradient) {
  for (const OptionsCase& option : OptionsCases()) {
    BasicLossCrossEntropy<double> loss(option.options);
    auto logits = CaseLogits<double>();
    const auto forward = [&](const Tensor<double>& x) {
      return BasicLossCrossEntropy<double>(option.options)
          .Forward(x, CaseTargets());
    };
    loss.Forward(logits, CaseTargets());
    ExpectIsGradient(loss.Backward(), 1, forward, logits);
    ExpectIsGradient(loss.Backward(0.3), 0.3, forward, logits);
  }
}

// By a power of 2, which multiplies without rounding.
TEST(LossCrossEntropyTest, EqualWeightsAreNone) {
  const Tensor<float> logits = CaseLogits<float>();
  for (const double smoothing : {0.0, 0.2}) {
    LossCrossEntropy plain({Reduction::kMean, smoothing, {}});
    LossCrossEntropy weighted({Reduction::kMean, smoothing, {4, 4, 4}});
    EXPECT_EQ(weighted.Forward(logits, CaseTargets()),
              plain.Forward(logits, CaseTargets()));
    EXPECT_THAT(weighted.Backward().values(),
                testing::ElementsAreArray(plain.Backward().values()));
  }
}

// Smoothed targets cannot be reached: the loss is smallest where the softmax is
// 1 - e + e/C and e/C, and its gradient is 0 there.
TEST(LossCrossEntropyTest, SmoothedTargetsAreTheMinimum) {
  LossCrossEntropy loss({Reduction::kMean, 0.5, {}});
  const Tensor<float> logits({1, 4}, {std::log(5.0f), 0, 0, 0});
  const Tensor<int64_t> targets({1}, {0});
  const double p = 0.5 + 0.5 / 4;
  EXPECT_NEAR(loss.Forward(logits, targets),
              -p * std::log(p) - (1 - p) * std::log((1 - p) / 3), 1e-6);
  EXPECT_THAT(loss.Backward().values(), testing::Each(FloatNear(0, 1e-7f)));
}

TEST(LossCrossEntropyTest, ClassesWithoutWeightDoNotCount) {
  LossCrossEntropy loss({Reduction::kMean, 0, {1, 0, 1}});
  LossCrossEntropy without;
  // The last two examples are of the class without weight.
  const Tensor<float> logits = CaseLogits<float>();
  const Tensor<float> two({2, 3}, absl::MakeConstSpan(logits.data(), 6));
  const Tensor<int64_t> two_targets({2}, {0, 2});
  EXPECT_DOUBLE_EQ(loss.Forward(logits, CaseTargets()),
                   without.Forward(two, two_targets));
  EXPECT_THAT(loss.Backward().Outer(3), ElementsAre(0, 0, 0));
  // As in PyTorch, a mean of nothing is none.
  EXPECT_THAT(loss.Forward(two, Tensor<int64_t>({2}, {1, 1})), IsNan());
}

TEST(LossCrossEntropyTest, BatchesMayGrowAndShrink) {
  LossCrossEntropy loss;
  for (const int64_t batch : {2, 5, 1}) {
    const Tensor<float> logits({batch, 10});
    const Tensor<int64_t> targets({batch});
    EXPECT_THAT(loss.Forward(logits, targets),
                DoubleNear(std::log(10.0), 1e-6));
    EXPECT_EQ(loss.Backward().shape(), logits.shape());
  }
}

TEST(LossCrossEntropyDeathTest, Misuse) {
  LossCrossEntropy loss;
  EXPECT_DEATH(loss.Backward(), "LossCrossEntropy: Backward before Forward");
  EXPECT_DEATH(loss.Forward(Tensor<float>({2, 3}), Tensor<int64_t>({3})),
               "logits \\[2, 3\\] and targets \\[3\\]");
  LossCrossEntropy two({Reduction::kMean, 0, {1, 1}});
  EXPECT_DEATH(two.Forward(Tensor<float>({2, 3}), Tensor<int64_t>({2})),
               "LossCrossEntropy: 2 weights for 3 classes");
  const auto make = [](double smoothing, const std::vector<double>& weights) {
    LossCrossEntropy({Reduction::kMean, smoothing, weights});
  };
  EXPECT_DEATH(make(1, {}), "label_smoothing is 1; expected at least 0");
  EXPECT_DEATH(make(-0.1, {}), "label_smoothing is -0.1");
  EXPECT_DEATH(make(0, {1, -1}), "class_weights must be");
  EXPECT_DEATH(make(0, {1, std::numeric_limits<double>::infinity()}),
               "class_weights must be");
  EXPECT_DEATH(make(0, {0, 0}), "class_weights must be");
}

// Printed by PyTorch 1.13, in double precision: torch.nn.BCEWithLogitsLoss(
// reduction="sum").
TEST(LossBCEWithLogitsTest, IsPyTorchs) {
  const auto logits = CaseLogits<double>();
  const Tensor<double> targets({4, 3},
                               {1, 0, 0, 0, 0.25, 1, 1, 1, 0.5, 0, 0, 1});
  const std::vector<double> gradient = {
      -0.2689414214, 0.1192029220,  0.6224593312,  0.5000000000,
      0.7025741268,  -0.7310585786, -0.1192029220, -0.1192029220,
      -0.4820137900, 0.2689414214,  0.5621765009,  -0.3208213008};
  BasicLossBCEWithLogits<double> sum(Reduction::kSum);
  EXPECT_NEAR(sum.Forward(logits, targets), 9.517340965908934, 1e-13);
  BasicLossBCEWithLogits<double> mean;
  EXPECT_NEAR(mean.Forward(logits, targets), 0.7931117471590778, 1e-14);
  for (int64_t i = 0; i < logits.size(); ++i) {
    const double g = gradient[static_cast<size_t>(i)];
    EXPECT_NEAR(sum.Backward().data()[i], g, 1e-10);
    EXPECT_NEAR(mean.Backward(6).data()[i], g / 2, 1e-10);
  }
}

TEST(LossBCEWithLogitsTest, BackwardIsTheGradient) {
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    BasicLossBCEWithLogits<double> loss(reduction);
    auto prediction = RandomTensor<double>({3, 4}, 1);
    auto target = RandomTensor<double>({3, 4}, 2);
    for (double& y : target.values()) y = (y + 1) / 2;
    const auto forward = [&](const Tensor<double>& x) {
      return BasicLossBCEWithLogits<double>(reduction).Forward(x, target);
    };
    loss.Forward(prediction, target);
    ExpectIsGradient(loss.Backward(), 1, forward, prediction);
    ExpectIsGradient(loss.Backward(0.3), 0.3, forward, prediction);
  }
}

// A sigmoid of z is a softmax of z and 0.
TEST(LossBCEWithLogitsTest, IsCrossEntropyOfTwoClasses) {
  const auto z = RandomTensor<float>({20}, 1);
  Tensor<float> targets({20});
  Tensor<float> logits({20, 2});
  Tensor<int64_t> classes({20});
  for (int64_t n = 0; n < 20; ++n) {
    classes(n) = n % 3 == 0 ? 1 : 0;
    targets(n) = static_cast<float>(classes(n));
    logits(n, 1) = z(n);
  }
  LossBCEWithLogits binary;
  LossCrossEntropy two_classes;
  EXPECT_NEAR(binary.Forward(z, targets), two_classes.Forward(logits, classes),
              1e-6);
  for (int64_t n = 0; n < 20; ++n) {
    EXPECT_NEAR(binary.Backward()(n), two_classes.Backward()(n, 1), 1e-7);
  }
}

TEST(LossBCEWithLogitsTest, LargeLogitsAndNans) {
  LossBCEWithLogits loss;
  const Tensor<float> targets({2}, {0, 1});
  EXPECT_EQ(loss.Forward(Tensor<float>({2}, {1000, -1000}), targets), 1000);
  EXPECT_THAT(loss.Backward().values(), ElementsAre(0.5, -0.5));
  EXPECT_EQ(loss.Forward(Tensor<float>({2}, {-1000, 1000}), targets), 0);
  EXPECT_THAT(loss.Backward().values(), ElementsAre(0, 0));
  EXPECT_THAT(loss.Forward(Tensor<float>({2}, {std::nanf(""), 1}), targets),
              IsNan());
  EXPECT_THAT(loss.Backward()(0), IsNan());
}

TEST(LossBCEWithLogitsDeathTest, Misuse) {
  LossBCEWithLogits loss;
  EXPECT_DEATH(loss.Backward(), "LossBCEWithLogits: Backward before Forward");
  EXPECT_DEATH(loss.Forward(Tensor<float>({2, 3}), Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(loss.Forward(Tensor<float>({0, 3}), Tensor<float>({0, 3})),
               "LossBCEWithLogits: no predictions");
}

}  // namespace
}  // namespace minidl
