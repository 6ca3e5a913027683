// Modules promise to allocate nothing once they have seen their largest batch.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/count_allocations_testutil.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/clip_gradients.h"
#include "nn/optimizer.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Every kind of layer; fused convolutions of both kinds, and one that cannot
// be.
constexpr char kLayers[] = R"(
  branch { conv2d { out_channels: 4 kernel_size: 3 padding: 1 } }
  branch { max_pool2d { kernel_size: 2 } }
  branch { relu {} }
  branch { conv2d { out_channels: 20 kernel_size: 3 padding: 2 } }
  branch { relu {} }
  branch { max_pool2d { kernel_size: 2 } }
  branch { conv2d { out_channels: 6 kernel_size: 3 padding: 1 } }
  branch { batch_norm2d {} }
  branch { relu {} }
  branch { conv2d { out_channels: 5 kernel_size: 3 padding: 1 } }
  branch { batch_norm2d {} }
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

void TestSteps(const std::string& branches, const std::string& losses) {
  SCOPED_TRACE(branches + " " + losses);
  proto::Architecture architecture;
  ASSERT_THAT(ParseTextProto("branches: " + branches + kLayers + losses, "test",
                             &architecture),
              IsOk());
  Generator generator(0);
  const auto network =
      PairNetwork::Create(architecture, {14, 14, 10}, {generator, generator});
  ASSERT_THAT(network, IsOk());
  const auto loss = PairLoss::Create(architecture, 10);
  ASSERT_THAT(loss, IsOk());
  const std::vector<NamedParameter> parameters = (*network)->Parameters();
  RMSprop::Options rmsprop;
  rmsprop.momentum = 0.5;
  rmsprop.centered = true;
  const std::unique_ptr<Optimizer> optimizers[] = {
      std::make_unique<SGD>(parameters, SGD::Options()),
      std::make_unique<SGD>(parameters, SGD::Options{0.1, 0.9, 0.1, true}),
      std::make_unique<Adam>(parameters, Adam::Options()),
      std::make_unique<AdamW>(parameters, AdamW::Options()),
      std::make_unique<RMSprop>(parameters, rmsprop),
  };

  const auto step = [&](int64_t batch) {
    Tensor<float> pairs({batch, 2, 14, 14});
    FillUniform(0, 1, generator, pairs);
    const Tensor<int64_t> targets({batch});
    const Tensor<int64_t> classes({2 * batch});
    const int64_t before = NumAllocations();
    optimizers[0]->ZeroGradients();
    (*loss)->Forward((*network)->Forward(pairs), targets, classes);
    (*loss)->Backward(**network);
    ClipGradientNorm(parameters, 1);
    ClipGradientValues(parameters, 0.1);
    for (const auto& optimizer : optimizers) optimizer->Step();
    return NumAllocations() - before;
  };
  EXPECT_GT(step(10), 0) << "nothing is counted";
  EXPECT_EQ(step(10), 0);
  // The last batch of an epoch is smaller.
  EXPECT_EQ(step(3), 0);
  EXPECT_EQ(step(10), 0);
}

TEST(AllocationTest, TrainingStepsAllocateNothingAfterTheFirst) {
  TestSteps("SHARED", "");
  TestSteps("SEPARATE", "");
  TestSteps("SHARED", R"(comparison_loss { mse {} }
                         auxiliary_loss { bce_with_logits {} })");
  TestSteps("SHARED", R"(comparison_loss { cross_entropy {
                           label_smoothing: 0.1 class_weights: [1, 2] } })");
}

}  // namespace
}  // namespace minidl
