// Gradients of whole networks of pairs against numeric ones, in double
// precision: what modules' own tests do not see is how networks put them
// together.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/text_proto.h"
#include "gtest/gtest.h"
#include "nn/gradient_check.h"
#include "nn/module.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"
#include "tests/parity/golden.h"

namespace minidl {
namespace {

constexpr PairImages kImages = {14, 14, 3};

// A pair network as a module: the logits of the comparison and, if it has them,
// those of both images' classes, 2×14×14 -> 2 + 6. It gives no gradient by the
// input but zeros.
class PairNetworkModule : public BasicModule<double> {
 public:
  explicit PairNetworkModule(const proto::Architecture& architecture)
      : initialization_(1), dropout_(2) {
    auto network = BasicPairNetwork<double>::Create(
        architecture, kImages, {initialization_, dropout_});
    MINIDL_CHECK(network.ok(), network.status().ToString());
    network_ = *std::move(network);
  }

  std::string Description() const override { return "PairNetwork"; }
  absl::StatusOr<Shape> OutputShape(const Shape& /*input*/) const override {
    return Shape{2 + 2 * kImages.num_classes};
  }

  const Tensor<double>& Forward(const Tensor<double>& input) override {
    const BasicPairNetwork<double>::Output output = network_->Forward(input);
    const int64_t count = input.shape()[0];
    const int64_t classes =
        output.classes == nullptr ? 0 : output.classes->size() / count;
    output_.Resize({count, 2 + classes});
    input_gradient_ = Tensor<double>(input.shape());
    for (int64_t n = 0; n < count; ++n) {
      double* row = output_.Outer(n).data();
      std::copy_n(output.comparison.data() + 2 * n, 2, row);
      if (classes == 0) continue;
      std::copy_n(output.classes->data() + classes * n, classes, row + 2);
    }
    return output_;
  }

  const Tensor<double>& Backward(const Tensor<double>& gradient) override {
    const int64_t count = gradient.shape()[0];
    const int64_t classes = gradient.shape()[1] - 2;
    Tensor<double> comparison({count, 2});
    Tensor<double> of_classes(
        {count * classes / kImages.num_classes, kImages.num_classes});
    for (int64_t n = 0; n < count; ++n) {
      const double* row = gradient.Outer(n).data();
      std::copy_n(row, 2, comparison.data() + 2 * n);
      std::copy_n(row + 2, classes, of_classes.data() + classes * n);
    }
    network_->Backward(comparison, classes == 0 ? nullptr : &of_classes);
    return input_gradient_;
  }

  void AppendParameters(
      const std::string& /*prefix*/,
      std::vector<BasicNamedParameter<double>>* parameters) override {
    *parameters = network_->Parameters();
  }

 private:
  Generator initialization_;
  Generator dropout_;
  std::unique_ptr<BasicPairNetwork<double>> network_;
  Tensor<double> output_;
  Tensor<double> input_gradient_;
};

// The networks of the study with few channels and units, and without dropout,
// so that they compute the same function in each call.
proto::Architecture Shrunk(proto::Architecture architecture) {
  for (auto* layers :
       {architecture.mutable_branch(), architecture.mutable_head()}) {
    for (proto::Layer& layer : *layers) {
      if (layer.has_conv2d()) {
        layer.mutable_conv2d()->set_out_channels(layer.conv2d().out_channels() /
                                                 16);
      } else if (layer.has_linear()) {
        proto::Linear& linear = *layer.mutable_linear();
        linear.set_out_features(
            linear.out_features() == 10
                ? kImages.num_classes
                : std::min<int64_t>(5, linear.out_features()));
      } else if (layer.has_dropout()) {
        layer.mutable_dropout()->set_probability(0);
      }
    }
  }
  return architecture;
}

void ExpectRightGradients(const proto::Architecture& architecture) {
  PairNetworkModule module(architecture);
  Generator generator(4);
  for (const auto& [name, parameter] : module.Parameters()) {
    FillUniform(-1, 1, generator, parameter->value);
  }
  auto pairs =
      SeparatedTensor<double>({3, 2, kImages.height, kImages.width}, 3);
  const std::vector<GradientError> errors =
      CheckGradients(module, pairs, generator);
  for (const GradientError& error : errors) {
    if (error.name == "input") continue;
    // The function is some units large, and rounded: of a bias before
    // BatchNorm, on which nothing depends, that is all of the numeric gradient.
    EXPECT_LE(error.max_error, 1e-7 * error.max_gradient + 1e-9)
        << "gradient by " << error.name << ": error " << error.max_error
        << " where the largest is " << error.max_gradient;
    EXPECT_GT(error.max_gradient, 0) << "nothing depends on " << error.name;
  }
}

class StudyGradientTest : public testing::TestWithParam<const char*> {};

TEST_P(StudyGradientTest, IsNumericOne) {
  ExpectRightGradients(
      Shrunk(LoadArchitecture(absl::StrCat(GetParam(), ".textproto"))));
}

INSTANTIATE_TEST_SUITE_P(Architectures, StudyGradientTest,
                         testing::Values("convnet", "convnet_shared",
                                         "convnet_aux", "convnet_shared_aux"),
                         [](const auto& test) { return test.param; });

proto::Architecture Parse(const char* text) {
  proto::Architecture architecture;
  const absl::Status status = ParseTextProto(text, "test", &architecture);
  MINIDL_CHECK(status.ok(), status.ToString());
  return architecture;
}

TEST(NetworkGradientTest, WithResidualBlocks) {
  ExpectRightGradients(Parse(R"pb(
    branches: SEPARATE
    branch { conv2d { out_channels: 2 kernel_size: 4 stride: 2 dilation: 2 } }
    branch {
      residual {
        layers { conv2d { out_channels: 3 kernel_size: 3 padding: 1 } }
        layers { gelu {} }
        layers {
          residual {
            layers { conv2d { out_channels: 3 kernel_size: 3 padding: 1 } }
          }
        }
        shortcut { conv2d { out_channels: 3 kernel_size: 1 } }
      }
    }
    branch { avg_pool2d { kernel_size: 2 } }
    branch { flatten {} }
    branch {
      sequential {
        layers { linear { out_features: 4 } }
        layers { sigmoid {} }
      }
    }
    branch { linear { out_features: 3 } }
    head { leaky_relu {} }
    head { linear { out_features: 2 } }
    auxiliary_loss_weight: 1
  )pb"));
}

TEST(NetworkGradientTest, WithNorms) {
  ExpectRightGradients(Parse(R"pb(
    branches: SHARED
    branch { conv2d { out_channels: 2 kernel_size: 4 stride: 2 } }
    branch { batch_norm2d {} }
    branch {
      residual {
        layers { conv2d { out_channels: 2 kernel_size: 3 padding: 1 } }
        layers { batch_norm2d {} }
        layers { gelu {} }
      }
    }
    branch { max_pool2d { kernel_size: 3 } }
    branch { layer_norm {} }
    branch { flatten {} }
    branch { linear { out_features: 5 } }
    branch { batch_norm1d {} }
    branch { tanh {} }
    branch { linear { out_features: 3 } }
    head { linear { out_features: 2 } }
    auxiliary_loss_weight: 1
  )pb"));
}

TEST(NetworkGradientTest, WithAnalyticHead) {
  ExpectRightGradients(Parse(R"pb(
    branches: SHARED
    branch { conv2d { out_channels: 2 kernel_size: 5 stride: 3 } }
    branch { max_pool2d { kernel_size: 2 } }
    branch { tanh {} }
    branch { flatten {} }
    branch { linear { out_features: 3 } }
    analytic_head {}
    auxiliary_loss_weight: 1
  )pb"));
}

}  // namespace
}  // namespace minidl
