#include "tensor/conv_norm_pool2d.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/batch_norm.h"
#include "tensor/channels_last.h"
#include "tensor/conv2d.h"
#include "tensor/elementwise.h"
#include "tensor/kernels/channel_group.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/max_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr double kEpsilon = 0.01;

struct StageCase {
  int64_t out_channels, kernel_size, padding;
  bool pool;
};

struct Case {
  int64_t batch, channels, height, width;
  std::vector<StageCase> stages;
  bool training = true;

  std::string ToString() const {
    std::string text = absl::StrCat(batch, "×", channels, "×", height, "×",
                                    width, training ? "" : " evaluated");
    for (const StageCase& stage : stages) {
      absl::StrAppend(&text, " to ", stage.out_channels, ", kernel ",
                      stage.kernel_size, ", padding ", stage.padding,
                      stage.pool ? ", pool" : "");
    }
    return text;
  }
};

// Channels that fill groups and that do not, odd sizes with pooling, whose last
// row and column no window covers, more images than are worked on at a time,
// and stages that hand over to one another.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const bool training : {true, false}) {
    for (const bool pool : {true, false}) {
      for (const auto& [channels, out_channels] :
           {std::pair{1, 16}, {2, 5}, {16, 33}, {17, 3}}) {
        for (const auto& [kernel_size, padding] :
             {std::pair{1, 0}, {3, 0}, {3, 1}, {5, 2}}) {
          const StageCase stage = {out_channels, kernel_size, padding, pool};
          cases.push_back({3, channels, 5, 6, {stage}, training});
          cases.push_back({2, channels, 8, 7, {stage}, training});
        }
      }
      cases.push_back(
          {9, 2, 7, 7, {{5, 3, 1, pool}, {18, 3, 1, false}}, training});
      cases.push_back({7,
                       1,
                       18,
                       17,
                       {{16, 3, 1, pool}, {20, 3, 1, true}, {7, 2, 0, pool}},
                       training});
    }
  }
  return cases;
}

// A stage's tensors: its parameters, moments for evaluation, and gradients,
// which hold numbers before and are added to.
template <typename T>
struct Stage {
  Tensor<T> conv_weight, conv_bias, norm_weight, norm_bias;
  ChannelMoments given;
  Tensor<T> conv_weight_gradient, conv_bias_gradient, norm_weight_gradient,
      norm_bias_gradient;
};

template <typename T>
struct Problem {
  Tensor<T> images;
  std::vector<Stage<T>> stages;
  Tensor<T> output_gradient;
};

Shape OutputShape(const Case& c) {
  int64_t height = c.height;
  int64_t width = c.width;
  for (const StageCase& stage : c.stages) {
    for (int64_t* size : {&height, &width}) {
      *size += 2 * stage.padding - stage.kernel_size + 1;
      if (stage.pool) *size /= 2;
    }
  }
  return {c.batch, c.stages.back().out_channels, height, width};
}

// The same numbers for both types.
template <typename T>
Tensor<T> Random(const Shape& shape, uint64_t seed) {
  const auto values = RandomVector<T>(shape.num_elements(), seed);
  return Tensor<T>(shape, values);
}

template <typename T>
Problem<T> MakeProblem(const Case& c) {
  Problem<T> problem;
  problem.images = Random<T>({c.batch, c.channels, c.height, c.width}, 1);
  int64_t channels = c.channels;
  for (const StageCase& of : c.stages) {
    const Shape kernels = {of.out_channels, channels, of.kernel_size,
                           of.kernel_size};
    const Shape shape = {of.out_channels};
    Stage<T>& stage = problem.stages.emplace_back();
    stage.conv_weight = Random<T>(kernels, 2);
    stage.conv_bias = Random<T>(shape, 3);
    stage.norm_weight = Random<T>(shape, 4);
    stage.norm_bias = Random<T>(shape, 5);
    stage.given.mean = Random<double>(shape, 6);
    stage.given.variance = Random<double>(shape, 7);
    for (double& variance : stage.given.variance.values()) variance += 1.5;
    stage.conv_weight_gradient = Random<T>(kernels, 8);
    stage.conv_bias_gradient = Random<T>(shape, 9);
    stage.norm_weight_gradient = Random<T>(shape, 10);
    stage.norm_bias_gradient = Random<T>(shape, 11);
    channels = of.out_channels;
  }
  problem.output_gradient = Random<T>(OutputShape(c), 12);
  return problem;
}

// What becomes of a problem, whose stages get their gradients.
template <typename T>
struct Results {
  Tensor<T> output;
  Tensor<T> images_gradient;
  std::vector<ChannelMoments> moments;
  Problem<T> problem;
};

// With images that come and go in the order N×C×H×W, or with the channels last,
// as they lie between operations.
Results<float> RunFused(const Case& c, Problem<float> problem,
                        bool channels_last = false) {
  Results<float> results;
  ChannelsLast images;
  ToChannelsLast(problem.images, kernels::PadChannels(c.channels),
                 c.stages[0].padding, images);
  std::vector<std::unique_ptr<ConvNormPool2d>> operations;
  const auto parameters = [&problem](size_t i) {
    const Stage<float>& s = problem.stages[i];
    return ConvNormParameters{s.conv_weight, s.conv_bias, s.norm_weight,
                              s.norm_bias};
  };
  for (size_t i = 0; i < c.stages.size(); ++i) {
    const ConvNormOptions options = {c.stages[i].padding, kEpsilon};
    const ChannelMoments* given =
        c.training ? nullptr : &problem.stages[i].given;
    operations.push_back(std::make_unique<ConvNormPool2d>(c.stages[i].pool));
    if (i > 0) {
      operations[i]->Forward(*operations[i - 1], parameters(i), options, given);
    } else if (channels_last) {
      operations[i]->Forward(images, parameters(i), options, given);
    } else {
      operations[i]->Forward(problem.images, parameters(i), options, given);
    }
    ChannelMoments& moments = results.moments.emplace_back();
    moments.mean = operations[i]->moments().mean.Clone();
    moments.variance = operations[i]->moments().variance.Clone();
  }
  if (channels_last) {
    ChannelsLast output;
    operations.back()->GetOutput(/*border=*/2, output);
    FromChannelsLast(output, results.output);
    ToChannelsLast(problem.output_gradient, output.stride(), output.border(),
                   output);
    operations.back()->SetOutputGradient(output);
  } else {
    operations.back()->GetOutput(results.output);
    operations.back()->SetOutputGradient(problem.output_gradient);
  }
  for (size_t i = c.stages.size(); i-- > 0;) {
    Stage<float>& s = problem.stages[i];
    operations[i]->Backward(parameters(i),
                            {s.conv_weight_gradient, s.conv_bias_gradient,
                             s.norm_weight_gradient, s.norm_bias_gradient},
                            /*needs_input_gradient=*/true);
  }
  if (channels_last) {
    FromChannelsLast(operations[0]->channels_last_gradient(),
                     results.images_gradient);
  } else {
    results.images_gradient = operations[0]->images_gradient().Clone();
  }
  results.problem = std::move(problem);
  return results;
}

// The same by the operations one after the other, in double precision.
Results<double> RunUnfused(const Case& c, Problem<double> problem) {
  struct Values {
    Tensor<double> convolved, normalised, output;
    Tensor<int64_t> argmax;
  };
  std::vector<Values> values(c.stages.size());
  Results<double> results;
  results.moments.resize(c.stages.size());
  Tensor<double> workspace;
  const Tensor<double>* input = &problem.images;
  for (size_t i = 0; i < c.stages.size(); ++i) {
    const Stage<double>& s = problem.stages[i];
    Values& v = values[i];
    Conv2dOptions options;
    options.padding = c.stages[i].padding;
    Conv2dForward(*input, s.conv_weight, s.conv_bias, options, v.convolved,
                  workspace);
    if (c.training) {
      BatchNormForward(v.convolved, s.norm_weight, s.norm_bias, kEpsilon,
                       results.moments[i], v.normalised);
    } else {
      results.moments[i].mean = s.given.mean.Clone();
      results.moments[i].variance = s.given.variance.Clone();
      BatchNormEvaluate(v.convolved, s.norm_weight, s.norm_bias, kEpsilon,
                        s.given, v.normalised);
    }
    if (c.stages[i].pool) {
      Tensor<double> pooled;
      MaxPool2dForward(v.normalised, 2, 2, pooled, v.argmax);
      ReluForward(pooled, v.output);
    } else {
      ReluForward(v.normalised, v.output);
    }
    input = &v.output;
  }
  results.output = values.back().output.Clone();

  Tensor<double> gradient = problem.output_gradient.Clone();
  for (size_t i = c.stages.size(); i-- > 0;) {
    Stage<double>& s = problem.stages[i];
    const Values& v = values[i];
    Tensor<double> of_relu;
    ReluBackward(v.output, gradient, of_relu);
    Tensor<double> of_pool;
    if (c.stages[i].pool) {
      MaxPool2dBackward(of_relu, v.argmax, v.normalised.shape(), of_pool);
    } else {
      of_pool = std::move(of_relu);
    }
    Tensor<double> of_norm;
    const auto backward = c.training ? BatchNormBackward<double>
                                     : BatchNormEvaluateBackward<double>;
    backward(v.convolved, s.norm_weight, kEpsilon, results.moments[i], of_pool,
             s.norm_weight_gradient, s.norm_bias_gradient, &of_norm);
    Conv2dOptions options;
    options.padding = c.stages[i].padding;
    Tensor<double> of_input;
    Conv2dBackward(i == 0 ? problem.images : values[i - 1].output,
                   s.conv_weight, of_norm, options, s.conv_weight_gradient,
                   s.conv_bias_gradient, &of_input, workspace);
    gradient = std::move(of_input);
  }
  results.images_gradient = std::move(gradient);
  results.problem = std::move(problem);
  return results;
}

template <typename T>
double Largest(const Tensor<T>& tensor) {
  double largest = 0;
  for (const T value : tensor.values()) {
    largest = std::max(largest, std::abs(double{value}));
  }
  return largest;
}

// Within `terms` roundings of the largest number, or of one as large as
// `magnitude`.
template <typename T>
void ExpectNear(const Tensor<T>& actual, const Tensor<double>& expected,
                double terms, double magnitude, const std::string& what) {
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  const double tolerance =
      terms * 0x1p-24 * std::max(magnitude, Largest(expected));
  for (int64_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(double{actual.data()[i]}, expected.data()[i], tolerance)
        << what << " at " << i;
  }
}

// Sums have up to 25 × 17 + 1 terms, and each stage adds its roundings to those
// before. The gradients by the convolution's bias, whose sum is 0 behind the
// batch's moments, are as large as those by its weights.
void ExpectNear(const Results<float>& actual, const Results<double>& expected) {
  const double terms = 426;
  ExpectNear(actual.output, expected.output, terms, 1, "output");
  ExpectNear(actual.images_gradient, expected.images_gradient, terms, 1,
             "images' gradient");
  for (size_t i = 0; i < expected.moments.size(); ++i) {
    const Stage<float>& a = actual.problem.stages[i];
    const Stage<double>& e = expected.problem.stages[i];
    ExpectNear(actual.moments[i].mean, expected.moments[i].mean, terms, 1,
               "mean");
    ExpectNear(actual.moments[i].variance, expected.moments[i].variance, terms,
               1, "variance");
    ExpectNear(a.conv_weight_gradient, e.conv_weight_gradient, terms, 1,
               "weight gradient");
    ExpectNear(a.conv_bias_gradient, e.conv_bias_gradient, terms,
               Largest(e.conv_weight_gradient), "bias gradient");
    ExpectNear(a.norm_weight_gradient, e.norm_weight_gradient, terms, 1,
               "normalisation's weight gradient");
    ExpectNear(a.norm_bias_gradient, e.norm_bias_gradient, terms, 1,
               "normalisation's bias gradient");
  }
}

TEST(ConvNormPool2dTest, IsItsOperationsForAllTargets) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.ToString());
    const Results<double> expected = RunUnfused(c, MakeProblem<double>(c));
    kernels::ForEachTarget(
        [&] { ExpectNear(RunFused(c, MakeProblem<float>(c)), expected); });
    if (HasFailure()) return;
  }
}

void ExpectSame(const Results<float>& a, const Results<float>& b) {
  EXPECT_EQ(a.output.shape(), b.output.shape());
  EXPECT_EQ(a.output.values(), b.output.values());
  EXPECT_EQ(a.images_gradient.shape(), b.images_gradient.shape());
  EXPECT_EQ(a.images_gradient.values(), b.images_gradient.values());
  for (size_t i = 0; i < a.moments.size(); ++i) {
    const Stage<float>& s = a.problem.stages[i];
    const Stage<float>& t = b.problem.stages[i];
    EXPECT_EQ(a.moments[i].mean.values(), b.moments[i].mean.values());
    EXPECT_EQ(a.moments[i].variance.values(), b.moments[i].variance.values());
    EXPECT_EQ(s.conv_weight_gradient.values(), t.conv_weight_gradient.values());
    EXPECT_EQ(s.conv_bias_gradient.values(), t.conv_bias_gradient.values());
    EXPECT_EQ(s.norm_weight_gradient.values(), t.norm_weight_gradient.values());
    EXPECT_EQ(s.norm_bias_gradient.values(), t.norm_bias_gradient.values());
  }
}

TEST(ConvNormPool2dTest, SameBitsWithAvx2AndAvx512) {
  if (!kernels::HasAvx2AndAvx512()) {
    GTEST_SKIP() << "this processor has not both";
  }
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.ToString());
    std::vector<Results<float>> results;
    for (const int64_t target : {HWY_AVX2, HWY_AVX3}) {
      kernels::ChooseTargets(target);
      results.push_back(RunFused(c, MakeProblem<float>(c)));
    }
    kernels::ChooseTargets(0);
    ExpectSame(results[0], results[1]);
  }
}

TEST(ConvNormPool2dTest, SameBitsWithTheChannelsLast) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.ToString());
    ExpectSame(RunFused(c, MakeProblem<float>(c), /*channels_last=*/true),
               RunFused(c, MakeProblem<float>(c)));
  }
}

// A stage that changes neither its input nor, on the way back, its gradient.
struct Identity {
  Tensor<float> conv_weight{{1, 1, 1, 1}, {1.0f}};
  Tensor<float> conv_bias{{1}, {0.0f}};
  Tensor<float> norm_weight{{1}, {1.0f}};
  Tensor<float> norm_bias{{1}, {0.0f}};
  ChannelMoments moments;
  Tensor<float> gradients[4];

  Identity() {
    moments.mean = Tensor<double>({1}, {0.0});
    moments.variance = Tensor<double>({1}, {1 - kEpsilon});
    gradients[0] = Tensor<float>({1, 1, 1, 1});
    for (int i = 1; i < 4; ++i) gradients[i] = Tensor<float>({1});
  }
  void Forward(const Tensor<float>& images, ConvNormPool2d& operation) const {
    operation.Forward(images, {conv_weight, conv_bias, norm_weight, norm_bias},
                      {/*padding=*/0, kEpsilon}, &moments);
  }
  void Backward(ConvNormPool2d& operation, bool needs_input_gradient) {
    operation.Backward({conv_weight, conv_bias, norm_weight, norm_bias},
                       {gradients[0], gradients[1], gradients[2], gradients[3]},
                       needs_input_gradient);
  }
};

TEST(ConvNormPool2dTest, FirstOfEqualOnesWinsAndDeadOnesGetNothing) {
  kernels::ForEachTarget([] {
    Identity identity;
    ConvNormPool2d operation(/*pool=*/true);
    const Tensor<float> images({3, 1, 2, 2}, {1, 3, 3, 3,     //
                                              -1, -2, -2, 0,  //
                                              -1, 0, 0, 0.5});
    Tensor<float> output;
    identity.Forward(images, operation);
    operation.GetOutput(output);
    EXPECT_THAT(output.values(), ElementsAre(3, 0, 0.5));
    operation.SetOutputGradient(Tensor<float>({3, 1, 1, 1}, {5, 6, 7}));
    identity.Backward(operation, /*needs_input_gradient=*/true);
    EXPECT_THAT(operation.images_gradient().values(),
                ElementsAre(0, 5, 0, 0,  //
                            0, 0, 0, 0,  //
                            0, 0, 0, 7));
  });
}

TEST(ConvNormPool2dTest, NotANumberWins) {
  kernels::ForEachTarget([] {
    const Identity identity;
    for (const bool pool : {true, false}) {
      ConvNormPool2d operation(pool);
      for (int64_t place = 0; place < 4; ++place) {
        Tensor<float> images({1, 1, 2, 2}, {3, 3, 3, 3});
        images.data()[place] = std::numeric_limits<float>::quiet_NaN();
        Tensor<float> output;
        identity.Forward(images, operation);
        operation.GetOutput(output);
        EXPECT_TRUE(std::isnan(output.data()[pool ? 0 : place]));
      }
    }
  });
}

TEST(ConvNormPool2dTest, BatchesFollowOneAnother) {
  Identity identity;
  ConvNormPool2d operation(/*pool=*/true);
  for (const int64_t batch : {5, 5, 0, 2, 70}) {
    Tensor<float> images({batch, 1, 4, 4});
    for (float& x : images.values()) x = 2;
    Tensor<float> output;
    identity.Forward(images, operation);
    operation.GetOutput(output);
    EXPECT_EQ(output.shape(), (Shape{batch, 1, 2, 2}));
    EXPECT_THAT(output.values(), Each(2));
    // The way back twice: nothing is left of the first time.
    for (int i = 0; i < 2; ++i) {
      identity.gradients[0].Fill(0);
      identity.gradients[3].Fill(0);
      Tensor<float> gradient(output.shape());
      gradient.Fill(1);
      operation.SetOutputGradient(gradient);
      identity.Backward(operation, /*needs_input_gradient=*/false);
      EXPECT_EQ(identity.gradients[0].data()[0], 2 * 4 * batch);
      EXPECT_EQ(identity.gradients[3].data()[0], 4 * batch);
    }
  }
}

TEST(ConvNormPool2dDeathTest, Misuse) {
  const Tensor<float> vector({4});
  const Tensor<float> images({1, 2, 3, 3});
  ConvNormPool2d operation(/*pool=*/true);
  const auto forward = [&](const Tensor<float>& input, const Shape& weight,
                           const Tensor<float>& norm_bias, int64_t padding,
                           const ChannelMoments* given) {
    operation.Forward(input, {Tensor<float>(weight), vector, vector, norm_bias},
                      {padding, kEpsilon}, given);
  };
  EXPECT_DEATH(
      forward(Tensor<float>({2, 3, 3}), {4, 2, 2, 2}, vector, 0, nullptr),
      "images \\[2, 3, 3\\] are not N×C×H×W");
  EXPECT_DEATH(forward(images, {4, 3, 2, 2}, vector, 0, nullptr),
               "weight \\[4, 3, 2, 2\\] for images of 2 channels");
  EXPECT_DEATH(forward(images, {4, 2, 2, 2}, Tensor<float>({3}), 0, nullptr),
               "weight \\[4\\] and bias \\[3\\] for weight \\[4, 2, 2, 2\\]");
  EXPECT_DEATH(forward(images, {4, 2, 2, 2}, vector, 2, nullptr),
               "padding 2 for weight \\[4, 2, 2, 2\\]");
  EXPECT_DEATH(forward(images, {4, 2, 3, 3}, vector, 0, nullptr),
               "3×3 are too small for weight \\[4, 2, 3, 3\\] with padding 0 "
               "and pooling");
  EXPECT_DEATH(
      forward(Tensor<float>({0, 2, 3, 3}), {4, 2, 2, 2}, vector, 0, nullptr),
      "a batch of no images to train on");
  const ChannelMoments empty;
  EXPECT_DEATH(forward(images, {4, 2, 2, 2}, vector, 0, &empty),
               "moments \\[0\\] and \\[0\\] for weight \\[4, 2, 2, 2\\]");
  ChannelsLast narrow;
  narrow.Resize(1, 2, 3, 3, /*stride=*/2, /*border=*/0);
  EXPECT_DEATH(
      operation.Forward(narrow,
                        {Tensor<float>({4, 2, 2, 2}), vector, vector, vector},
                        {/*padding=*/1, kEpsilon}, nullptr),
      "border of 0 and 2 numbers for 2 channels, where the padding is 1");
  Identity identity;
  identity.Forward(Tensor<float>({1, 1, 4, 4}), operation);
  EXPECT_DEATH(operation.SetOutputGradient(narrow),
               "gradient 1×2×3×3 where the output is 1×1×2×2");
  EXPECT_DEATH(operation.SetOutputGradient(Tensor<float>({1, 1, 4, 4})),
               "gradient \\[1, 1, 4, 4\\] where the output is 1×1×2×2");
}

}  // namespace
}  // namespace minidl
