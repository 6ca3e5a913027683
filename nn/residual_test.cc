#include "nn/residual.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/module.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 4 -> 3 -> out_features.
template <typename T>
std::unique_ptr<BasicSequential<T>> TwoLayers(int64_t out_features,
                                              Generator& generator) {
  auto layers = std::make_unique<BasicSequential<T>>();
  layers->template Emplace<BasicLinear<T>>(4, 3, generator);
  layers->template Emplace<BasicReLU<T>>();
  layers->template Emplace<BasicLinear<T>>(3, out_features, generator);
  return layers;
}

TEST(ResidualTest, KeepsTheModuleContract) {
  ExpectKeepsModuleContract(
      [] {
        Generator generator(1);
        return std::make_unique<BasicResidual<double>>(
            TwoLayers<double>(4, generator));
      },
      {4});
  ExpectKeepsModuleContract(
      [] {
        Generator generator(1);
        auto layers = TwoLayers<double>(2, generator);
        return std::make_unique<BasicResidual<double>>(
            std::move(layers),
            std::make_unique<BasicLinear<double>>(4, 2, generator));
      },
      {4});
}

TEST(ResidualTest, ByHand) {
  Residual residual(std::make_unique<ReLU>());
  EXPECT_EQ(residual.Description(), "Residual(ReLU())");
  const Tensor<float> input({1, 3}, {-2, 1, 3});
  EXPECT_THAT(residual.Forward(input).values(), ElementsAre(-2, 2, 6));
  EXPECT_THAT(residual.Backward(Tensor<float>({1, 3}, {1, 10, 100})).values(),
              ElementsAre(1, 20, 200));
}

TEST(ResidualTest, ParametersAreNamedByPart) {
  Generator generator(1);
  auto layers = TwoLayers<float>(2, generator);
  Residual residual(std::move(layers),
                    std::make_unique<Linear>(4, 2, generator));
  std::vector<std::string> names;
  for (const NamedParameter& named : residual.Parameters()) {
    names.push_back(named.name);
  }
  EXPECT_THAT(names,
              ElementsAre("layers.0.weight", "layers.0.bias", "layers.2.weight",
                          "layers.2.bias", "shortcut.weight", "shortcut.bias"));
  EXPECT_EQ(residual.Description(),
            "Residual(Sequential(Linear(4, 3), ReLU(), Linear(3, 2)), "
            "shortcut=Linear(4, 2))");
}

TEST(ResidualTest, ShapesThatDiffer) {
  Generator generator(1);
  const Residual identity(TwoLayers<float>(2, generator));
  EXPECT_THAT(identity.OutputShape({4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Residual: the layers give shape [2], the input has "
                       "[4]; expected the same, or a shortcut"));
  const Residual shortcut(TwoLayers<float>(2, generator),
                          std::make_unique<Linear>(4, 3, generator));
  EXPECT_THAT(shortcut.OutputShape({4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Residual: the layers give shape [2], the shortcut [3]; "
                       "expected the same"));
}

TEST(ResidualTest, ErrorsOfShapesNameThePart) {
  Generator generator(1);
  const Residual identity(TwoLayers<float>(2, generator));
  EXPECT_THAT(identity.OutputShape({5}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Residual: layers: layer 0: Linear(4, 3) needs inputs "
                       "of shape [4], not [5]"));
  const Residual shortcut(std::make_unique<Flatten>(),
                          std::make_unique<Linear>(4, 3, generator));
  EXPECT_THAT(shortcut.OutputShape({5}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Residual: shortcut: Linear(4, 3) needs inputs of shape "
                       "[4], not [5]"));
}

TEST(ResidualTest, PassesOnTheModeToBothParts) {
  Generator generator(1);
  Residual residual(std::make_unique<Dropout>(0.5, generator),
                    std::make_unique<Dropout>(0.5, generator));
  Tensor<float> input({1, 100});
  input.Fill(1);
  const auto num_untouched = [&] {
    int count = 0;
    for (const float value : residual.Forward(input).values()) {
      count += value == 2 ? 1 : 0;
    }
    return count;
  };
  EXPECT_LT(num_untouched(), 100);
  residual.SetTraining(false);
  EXPECT_EQ(num_untouched(), 100);
  residual.SetTraining(true);
  EXPECT_LT(num_untouched(), 100);
}

TEST(ResidualTest, PassesOnWhetherTheInputGradientIsNeeded) {
  Generator generator(1);
  Residual residual(std::make_unique<Linear>(4, 2, generator),
                    std::make_unique<Linear>(4, 2, generator));
  residual.SetNeedsInputGradient(false);
  EXPECT_FALSE(residual.layers().needs_input_gradient());
  EXPECT_FALSE(residual.shortcut()->needs_input_gradient());
  const auto input = RandomTensor<float>({3, 4}, 1);
  residual.Forward(input);
  EXPECT_THAT(residual.Backward(RandomTensor<float>({3, 2}, 2)).values(),
              IsEmpty());
}

// A module with a buffer that refuses all batches.
class Probe : public Module {
 public:
  std::string Description() const override { return "Probe"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<float>& Forward(const Tensor<float>& input) override {
    return input;
  }
  const Tensor<float>& Backward(const Tensor<float>& gradient) override {
    return gradient;
  }
  void AppendBuffers(const std::string& prefix,
                     std::vector<NamedBuffer>* buffers) override {
    buffers->push_back({prefix + "buffer", &buffer_});
  }
  absl::Status CheckTrainingBatch(const std::string& path,
                                  const Shape& batch) const override {
    return absl::InvalidArgumentError(path + " got " + batch.ToString());
  }

 private:
  Tensor<float> buffer_;
};

TEST(ResidualTest, BuffersAreNamedByPart) {
  Residual residual(std::make_unique<Probe>(), std::make_unique<Probe>());
  std::vector<NamedBuffer> buffers;
  residual.AppendBuffers("3.", &buffers);
  ASSERT_EQ(buffers.size(), 2u);
  EXPECT_EQ(buffers[0].name, "3.layers.buffer");
  EXPECT_EQ(buffers[1].name, "3.shortcut.buffer");
}

TEST(ResidualTest, BothPartsCheckTrainingBatches) {
  const auto check = [](std::unique_ptr<Module> layers,
                        std::unique_ptr<Module> shortcut) {
    return Residual(std::move(layers), std::move(shortcut))
        .CheckTrainingBatch("head[2]", {5, 4});
  };
  EXPECT_THAT(check(std::make_unique<ReLU>(), nullptr), IsOk());
  EXPECT_THAT(check(std::make_unique<Probe>(), nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "head[2].residual.layers got [5, 4]"));
  EXPECT_THAT(check(std::make_unique<ReLU>(), std::make_unique<Probe>()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "head[2].residual.shortcut got [5, 4]"));
}

TEST(ResidualDeathTest, Misuse) {
  EXPECT_DEATH(Residual(nullptr), "Residual: no layers");
  Generator generator(1);
  Residual residual(std::make_unique<Linear>(4, 2, generator));
  EXPECT_DEATH(residual.Forward(Tensor<float>({3, 4})),
               "Residual: layers' output \\[3, 2\\], shortcut's \\[3, 4\\]");
}

}  // namespace
}  // namespace minidl
