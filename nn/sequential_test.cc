#include "nn/sequential.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/conv2d.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "nn/relu.h"
#include "nn/tanh.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::unique_ptr<BasicSequential<double>> MakeConvnet() {
  Generator generator(1);
  auto network = std::make_unique<BasicSequential<double>>();
  network->Emplace<BasicConv2d<double>>(2, 3, 3, generator);
  network->Emplace<BasicMaxPool2d<double>>(2);
  network->Emplace<BasicReLU<double>>();
  network->Emplace<BasicFlatten<double>>();
  network->Emplace<BasicLinear<double>>(12, 5, generator);
  network->Emplace<BasicTanh<double>>();
  network->Emplace<BasicLinear<double>>(5, 2, generator);
  return network;
}

TEST(SequentialTest, KeepsTheModuleContract) {
  ExpectKeepsModuleContract(MakeConvnet, {2, 6, 6});
}

TEST(SequentialTest, WithoutModulesIsTheIdentity) {
  Sequential empty;
  EXPECT_EQ(empty.Description(), "Sequential()");
  EXPECT_EQ(empty.OutputShape({2, 3}).value(), (Shape{2, 3}));
  const auto input = RandomTensor<float>({4, 2, 3}, 1);
  const auto gradient = RandomTensor<float>({4, 2, 3}, 2);
  EXPECT_EQ(empty.Forward(input).values(), input.values());
  EXPECT_EQ(empty.Backward(gradient).values(), gradient.values());
  EXPECT_THAT(empty.Parameters(), IsEmpty());
}

TEST(SequentialTest, IsItsModulesOneAfterTheOther) {
  Generator generator(1);
  Sequential network;
  network.Emplace<Linear>(3, 4, generator);
  network.Emplace<ReLU>();
  network.Emplace<Linear>(4, 2, generator);

  Generator same(1);
  Linear first(3, 4, same);
  ReLU relu;
  Linear second(4, 2, same);
  const auto input = RandomTensor<float>({5, 3}, 2);
  const auto gradient = RandomTensor<float>({5, 2}, 3);
  EXPECT_EQ(network.Forward(input).values(),
            second.Forward(relu.Forward(first.Forward(input))).values());
  EXPECT_EQ(network.Backward(gradient).values(),
            first.Backward(relu.Backward(second.Backward(gradient))).values());
}

std::vector<std::string> Names(const std::vector<NamedParameter>& parameters) {
  std::vector<std::string> names;
  for (const NamedParameter& named : parameters) names.push_back(named.name);
  return names;
}

// As keys of PyTorch's state_dict.
TEST(SequentialTest, ParametersAreNamedByPlace) {
  Generator generator(1);
  Sequential network;
  network.Emplace<Linear>(3, 4, generator);
  network.Emplace<ReLU>();
  auto inner = std::make_unique<Sequential>();
  inner->Emplace<Tanh>();
  inner->Emplace<Linear>(4, 2, generator);
  network.Add(std::move(inner));
  EXPECT_THAT(Names(network.Parameters()),
              ElementsAre("0.weight", "0.bias", "2.1.weight", "2.1.bias"));
  EXPECT_EQ(NumElements(network.Parameters()), 3 * 4 + 4 + 4 * 2 + 2);
  EXPECT_EQ(network.modules().size(), 3u);
}

TEST(SequentialTest, Description) {
  EXPECT_EQ(MakeConvnet()->Description(),
            "Sequential(Conv2d(2, 3, kernel_size=3), MaxPool2d(2), ReLU(), "
            "Flatten(), Linear(12, 5), Tanh(), Linear(5, 2))");
}

TEST(SequentialTest, ShapeErrorNamesTheLayer) {
  const auto network = MakeConvnet();
  EXPECT_EQ(network->OutputShape({2, 6, 6}).value(), (Shape{2}));
  EXPECT_THAT(network->OutputShape({1, 6, 6}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 0: Conv2d(2, 3, kernel_size=3) needs inputs of "
                       "shape [2, H, W], not [1, 6, 6]"));
  EXPECT_THAT(network->OutputShape({2, 8, 8}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 4: Linear(12, 5) needs inputs of shape [12], not "
                       "[27]"));
}

TEST(SequentialTest, PassesOnTheMode) {
  Generator generator(1);
  Sequential network;
  network.Emplace<Dropout>(0.5, generator);
  const auto input = RandomTensor<float>({10, 20}, 2);
  EXPECT_NE(network.Forward(input).values(), input.values());
  network.SetTraining(false);
  EXPECT_EQ(network.Forward(input).values(), input.values());
  network.SetTraining(true);
  EXPECT_NE(network.Forward(input).values(), input.values());
}

// Remembers what it was told.
class Probe : public BasicModule<float> {
 public:
  explicit Probe(bool has_parameter) : has_parameter_(has_parameter) {}
  bool told() const { return needs_input_gradient(); }
  std::string Description() const override { return "Probe()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<float>& Forward(const Tensor<float>& input) override {
    return input;
  }
  const Tensor<float>& Backward(const Tensor<float>& gradient) override {
    return gradient;
  }
  void AppendParameters(const std::string& prefix,
                        std::vector<NamedParameter>* parameters) override {
    if (has_parameter_) parameters->push_back({prefix + "p", &parameter_});
  }
  void AppendBuffers(const std::string& prefix,
                     std::vector<NamedBuffer>* buffers) override {
    buffers->push_back({prefix + "b", &buffer_});
  }
  absl::Status CheckTrainingBatch(const std::string& path,
                                  const Shape& batch) const override {
    return absl::InvalidArgumentError(path + " got " + batch.ToString());
  }

 private:
  const bool has_parameter_;
  Parameter parameter_{{1}};
  Tensor<float> buffer_;
};

TEST(SequentialTest, BuffersAreNumbered) {
  Sequential network;
  network.Emplace<Probe>(/*has_parameter=*/false);
  network.Emplace<ReLU>();
  network.Emplace<Probe>(/*has_parameter=*/false);
  const std::vector<NamedBuffer> buffers = network.Buffers();
  ASSERT_EQ(buffers.size(), 2u);
  EXPECT_EQ(buffers[0].name, "0.b");
  EXPECT_EQ(buffers[1].name, "2.b");
}

TEST(SequentialTest, TrainingBatchIsCheckedWhereItsShapeChanges) {
  Sequential network;
  network.Emplace<Flatten>();
  EXPECT_TRUE(network.CheckTrainingBatch("head", {5, 4, 3}).ok());
  network.Emplace<Probe>(/*has_parameter=*/false);
  EXPECT_THAT(
      network.CheckTrainingBatch("head", {5, 4, 3}),
      StatusIs(absl::StatusCode::kInvalidArgument, "head[1] got [5, 12]"));
}

TEST(SequentialTest, TrainingBatchIsCheckedWithinASequential) {
  auto inner = std::make_unique<Sequential>();
  inner->Emplace<Probe>(/*has_parameter=*/false);
  Sequential network;
  network.Emplace<Flatten>();
  network.Add(std::move(inner));
  EXPECT_THAT(network.CheckTrainingBatch("head", {5, 4, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "head[1].sequential.layers[0] got [5, 12]"));
}

// A gradient is needed behind the first module that has parameters.
TEST(SequentialTest, TellsModulesWhoseInputGradientIsNeeded) {
  Sequential network;
  std::vector<const Probe*> probes;
  const auto add = [&](bool has_parameter) {
    auto probe = std::make_unique<Probe>(has_parameter);
    probes.push_back(probe.get());
    network.Add(std::move(probe));
  };
  const auto told = [&] {
    std::vector<bool> result;
    for (const Probe* probe : probes) result.push_back(probe->told());
    return result;
  };
  add(false);
  add(true);
  add(false);
  EXPECT_THAT(told(), ElementsAre(true, true, true));
  network.SetNeedsInputGradient(false);
  EXPECT_THAT(told(), ElementsAre(false, false, true));
  network.SetNeedsInputGradient(true);
  EXPECT_THAT(told(), ElementsAre(true, true, true));
}

TEST(SequentialTest, TellsModulesThatAreAddedLater) {
  Sequential network;
  network.SetNeedsInputGradient(false);
  std::vector<const Probe*> probes;
  for (int i = 0; i < 2; ++i) {
    auto probe = std::make_unique<Probe>(/*has_parameter=*/true);
    probes.push_back(probe.get());
    network.Add(std::move(probe));
  }
  EXPECT_FALSE(probes[0]->told());
  EXPECT_TRUE(probes[1]->told());
}

}  // namespace
}  // namespace minidl
