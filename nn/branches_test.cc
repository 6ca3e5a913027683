#include "nn/branches.h"

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
#include "nn/conv2d.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/module.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "nn/tanh.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 1×4×5 -> 3.
template <typename T>
std::unique_ptr<BasicModule<T>> MakeBranch(uint64_t seed) {
  Generator generator(seed);
  auto branch = std::make_unique<BasicSequential<T>>();
  branch->template Emplace<BasicConv2d<T>>(1, 2, 3, generator);
  branch->template Emplace<BasicTanh<T>>();
  branch->template Emplace<BasicFlatten<T>>();
  branch->template Emplace<BasicLinear<T>>(12, 3, generator);
  return branch;
}

// Image `index` of every pair: N×2×H×W -> N×1×H×W.
Tensor<float> Images(const Tensor<float>& pairs, int64_t index) {
  Tensor<float> images(
      {pairs.shape()[0], 1, pairs.shape()[2], pairs.shape()[3]});
  for (int64_t n = 0; n < pairs.shape()[0]; ++n) {
    for (int64_t y = 0; y < pairs.shape()[2]; ++y) {
      for (int64_t x = 0; x < pairs.shape()[3]; ++x) {
        images(n, 0, y, x) = pairs(n, index, y, x);
      }
    }
  }
  return images;
}

// Checks that `branches` gives the features of `first` for the first images and
// those of `second` for the second ones.
void ExpectFeatures(Module& branches, Module& first, Module& second) {
  const auto pairs = RandomTensor<float>({5, 2, 4, 5}, 3);
  const Tensor<float> features = branches.Forward(pairs).Clone();
  ASSERT_EQ(features.shape(), (Shape{5, 6}));
  const Tensor<float> first_images = Images(pairs, 0);
  const Tensor<float> second_images = Images(pairs, 1);
  const Tensor<float> first_features = first.Forward(first_images).Clone();
  const Tensor<float> second_features = second.Forward(second_images).Clone();
  for (int64_t n = 0; n < 5; ++n) {
    for (int64_t f = 0; f < 3; ++f) {
      EXPECT_EQ(features(n, f), first_features(n, f));
      EXPECT_EQ(features(n, 3 + f), second_features(n, f));
    }
  }
}

std::vector<std::string> Names(const std::vector<NamedParameter>& parameters) {
  std::vector<std::string> names;
  for (const NamedParameter& named : parameters) names.push_back(named.name);
  return names;
}

// Remembers what it was told.
class Probe : public BasicModule<float> {
 public:
  bool training = true;
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
  void SetTraining(bool on) override { training = on; }
  void AppendBuffers(const std::string& prefix,
                     std::vector<NamedBuffer>* buffers) override {
    buffers->push_back({prefix + "b", &buffer_});
  }
  absl::Status CheckTrainingBatch(const std::string& path,
                                  const Shape& batch) const override {
    return absl::InvalidArgumentError(path + " got " + batch.ToString());
  }

 private:
  Tensor<float> buffer_;
};

std::vector<std::string> BufferNames(Module& module) {
  std::vector<std::string> names;
  for (const NamedBuffer& named : module.Buffers()) names.push_back(named.name);
  return names;
}

TEST(SharedBranchesTest, KeepsTheModuleContract) {
  ExpectKeepsModuleContract(
      [] {
        return std::make_unique<BasicSharedBranches<double>>(
            MakeBranch<double>(1));
      },
      {2, 4, 5});
}

TEST(SharedBranchesTest, BothImagesGoThroughTheSameBranch) {
  SharedBranches shared(MakeBranch<float>(1));
  const auto branch = MakeBranch<float>(1);
  ExpectFeatures(shared, *branch, *branch);
}

TEST(SharedBranchesTest, ParametersAreTheBranchs) {
  SharedBranches shared(MakeBranch<float>(1));
  EXPECT_THAT(Names(shared.Parameters()),
              ElementsAre("0.weight", "0.bias", "3.weight", "3.bias"));
}

TEST(SharedBranchesTest, DescriptionAndShapes) {
  const SharedBranches shared(MakeBranch<float>(1));
  EXPECT_EQ(shared.Description(),
            "SharedBranches(Sequential(Conv2d(1, 2, kernel_size=3), Tanh(), "
            "Flatten(), Linear(12, 3)))");
  EXPECT_EQ(shared.OutputShape({2, 4, 5}).value(), (Shape{6}));
  EXPECT_THAT(shared.OutputShape({1, 4, 5}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "SharedBranches needs inputs of shape [2, H, W], not "
                       "[1, 4, 5]"));
  EXPECT_THAT(shared.OutputShape({2, 4, 6}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 3: Linear(12, 3) needs inputs of shape [12], not "
                       "[16]"));
  const SharedBranches images(std::make_unique<Tanh>());
  EXPECT_THAT(images.OutputShape({2, 4, 5}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "SharedBranches needs branches that end with shape [F], "
                       "not [1, 4, 5]; put a Flatten before a Linear"));
}

TEST(SharedBranchesTest, PassesOnTheModeAndWhatIsNeeded) {
  auto probe = std::make_unique<Probe>();
  const Probe& branch = *probe;
  SharedBranches shared(std::move(probe));
  shared.SetTraining(false);
  EXPECT_FALSE(branch.training);
  shared.SetNeedsInputGradient(false);
  EXPECT_FALSE(branch.told());
}

TEST(SharedBranchesTest, BuffersAndTrainingBatchAreTheBranchs) {
  SharedBranches shared(std::make_unique<Probe>());
  EXPECT_THAT(BufferNames(shared), ElementsAre("b"));
  EXPECT_THAT(
      shared.CheckTrainingBatch("branch", {5, 2, 4, 3}),
      StatusIs(absl::StatusCode::kInvalidArgument, "branch got [10, 1, 4, 3]"));
}

TEST(SharedBranchesTest, ComputesNoInputGradientThatIsNotNeeded) {
  SharedBranches shared(MakeBranch<float>(1));
  shared.SetNeedsInputGradient(false);
  const auto pairs = RandomTensor<float>({3, 2, 4, 5}, 2);
  shared.Forward(pairs);
  EXPECT_THAT(shared.Backward(RandomTensor<float>({3, 6}, 3)).values(),
              IsEmpty());
}

TEST(SeparateBranchesTest, KeepsTheModuleContract) {
  ExpectKeepsModuleContract(
      [] {
        return std::make_unique<BasicSeparateBranches<double>>(
            MakeBranch<double>(1), MakeBranch<double>(2));
      },
      {2, 4, 5});
}

TEST(SeparateBranchesTest, EachImageGoesThroughItsOwnBranch) {
  SeparateBranches separate(MakeBranch<float>(1), MakeBranch<float>(2));
  const auto first = MakeBranch<float>(1);
  const auto second = MakeBranch<float>(2);
  ExpectFeatures(separate, *first, *second);
}

TEST(SeparateBranchesTest, ParametersAreNumbered) {
  SeparateBranches separate(MakeBranch<float>(1), MakeBranch<float>(2));
  EXPECT_THAT(Names(separate.Parameters()),
              ElementsAre("0.0.weight", "0.0.bias", "0.3.weight", "0.3.bias",
                          "1.0.weight", "1.0.bias", "1.3.weight", "1.3.bias"));
}

TEST(SeparateBranchesTest, DescriptionAndShapes) {
  const SeparateBranches separate(MakeBranch<float>(1), MakeBranch<float>(2));
  EXPECT_EQ(separate.OutputShape({2, 4, 5}).value(), (Shape{6}));
  EXPECT_THAT(separate.OutputShape({40}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "SeparateBranches needs inputs of shape [2, H, W], not "
                       "[40]"));
  const SeparateBranches different(std::make_unique<Flatten>(),
                                   MakeBranch<float>(1));
  EXPECT_EQ(different.Description(),
            "SeparateBranches(Flatten(), Sequential(Conv2d(1, 2, "
            "kernel_size=3), Tanh(), Flatten(), Linear(12, 3)))");
  EXPECT_THAT(different.OutputShape({2, 4, 5}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "SeparateBranches needs branches with as many features "
                       "each, not 20 and 3"));
}

TEST(SeparateBranchesTest, PassesOnTheModeAndWhatIsNeeded) {
  auto first = std::make_unique<Probe>();
  auto second = std::make_unique<Probe>();
  const Probe* const probes[] = {first.get(), second.get()};
  SeparateBranches separate(std::move(first), std::move(second));
  separate.SetTraining(false);
  separate.SetNeedsInputGradient(false);
  for (const Probe* probe : probes) {
    EXPECT_FALSE(probe->training);
    EXPECT_FALSE(probe->told());
  }
}

TEST(SeparateBranchesTest, BuffersAndTrainingBatchAreTheBranches) {
  SeparateBranches separate(std::make_unique<Probe>(),
                            std::make_unique<Probe>());
  EXPECT_THAT(BufferNames(separate), ElementsAre("0.b", "1.b"));
  EXPECT_THAT(
      separate.CheckTrainingBatch("branch", {5, 2, 4, 3}),
      StatusIs(absl::StatusCode::kInvalidArgument, "branch got [5, 1, 4, 3]"));
}

TEST(BranchesDeathTest, ShapesThatDoNotFit) {
  SharedBranches shared(MakeBranch<float>(1));
  SeparateBranches separate(MakeBranch<float>(1), MakeBranch<float>(2));
  for (Module* branches : std::vector<Module*>{&shared, &separate}) {
    EXPECT_DEATH(branches->Forward(Tensor<float>({3, 1, 4, 5})),
                 "input \\[3, 1, 4, 5\\] is not N×2×H×W");
    const auto pairs = RandomTensor<float>({3, 2, 4, 5}, 1);
    branches->Forward(pairs);
    EXPECT_DEATH(branches->Backward(Tensor<float>({3, 3})),
                 "output gradient \\[3, 3\\] where the output is \\[3, 6\\]");
  }
  SeparateBranches different(std::make_unique<Flatten>(), MakeBranch<float>(1));
  EXPECT_DEATH(different.Forward(Tensor<float>({3, 2, 4, 5})),
               "features \\[3, 3\\] of branch 1 for half of \\[3, 40\\]");
}

}  // namespace
}  // namespace minidl
