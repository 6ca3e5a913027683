// Modules promise to allocate nothing once they have seen their largest batch.

#include <cstdint>
#include <memory>
#include <string>

#include "base/count_allocations_testutil.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Every kind of layer; fused convolutions, and one that cannot be.
constexpr char kLayers[] = R"(
  branch { conv2d { out_channels: 4 kernel_size: 3 padding: 1 } }
  branch { max_pool2d { kernel_size: 2 } }
  branch { relu {} }
  branch { conv2d { out_channels: 20 kernel_size: 3 } }
  branch { relu {} }
  branch { max_pool2d { kernel_size: 2 } }
  branch { conv2d { out_channels: 3 kernel_size: 2 stride: 2 } }
  branch { batch_norm2d {} }
  branch { tanh {} }
  branch {
    residual {
      layers { conv2d { out_channels: 5 kernel_size: 2 padding: 1 dilation: 2 } }
      layers { gelu {} }
      shortcut { conv2d { out_channels: 5 kernel_size: 1 } }
    }
  }
  branch {
    sequential {
      layers { avg_pool2d { kernel_size: 2 stride: 1 padding: 1 } }
      layers { leaky_relu {} }
    }
  }
  branch { residual { layers { sigmoid {} } } }
  branch { layer_norm {} }
  branch { flatten {} }
  branch { dropout { probability: 0.5 } }
  branch { linear { out_features: 10 } }
  head { linear { out_features: 7 } }
  head { batch_norm1d {} }
  head { relu {} }
  head { linear { out_features: 2 } }
  auxiliary_loss_weight: 1
)";

void TestBranches(const std::string& branches) {
  proto::Architecture architecture;
  ASSERT_THAT(
      ParseTextProto("branches: " + branches + kLayers, "test", &architecture),
      IsOk());
  Generator generator(0);
  const auto network =
      PairNetwork::Create(architecture, {14, 14, 10}, {generator, generator});
  ASSERT_THAT(network, IsOk());
  Adam adam((*network)->Parameters(), {});
  SGD sgd((*network)->Parameters(), {0.1, 0.9});
  LossCrossEntropy comparison_loss;
  LossCrossEntropy classes_loss;

  const auto step = [&](int64_t batch) {
    Tensor<float> pairs({batch, 2, 14, 14});
    FillUniform(0, 1, generator, pairs);
    const Tensor<int64_t> targets({batch});
    const Tensor<int64_t> classes({2 * batch});
    const int64_t before = NumAllocations();
    adam.ZeroGradients();
    const PairNetwork::Output output = (*network)->Forward(pairs);
    comparison_loss.Forward(output.comparison, targets);
    classes_loss.Forward(*output.classes, classes);
    (*network)->Backward(comparison_loss.Backward(),
                         &classes_loss.Backward(0.5));
    adam.Step();
    sgd.Step();
    return NumAllocations() - before;
  };
  EXPECT_GT(step(10), 0) << "nothing is counted";
  EXPECT_EQ(step(10), 0);
  // The last batch of an epoch is smaller.
  EXPECT_EQ(step(3), 0);
  EXPECT_EQ(step(10), 0);
}

TEST(AllocationTest, TrainingStepsAllocateNothingAfterTheFirst) {
  TestBranches("SHARED");
  TestBranches("SEPARATE");
}

}  // namespace
}  // namespace minidl
