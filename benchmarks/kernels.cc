// Measures the operations of //tensor, one layer at a time, by Google
// Benchmark. A new one is a function that calls it in a loop and a line in
// RegisterBenchmarks.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/fma_peak.h"
#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"
#include "benchmarks/our_layers.h"
#include "tensor/batch_norm.h"
#include "tensor/binary_cross_entropy.h"
#include "tensor/channels_last.h"
#include "tensor/conv2d.h"
#include "tensor/conv_norm_pool2d.h"
#include "tensor/cross_entropy.h"
#include "tensor/elementwise.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/kernels/channel_group.h"
#include "tensor/layer_norm.h"
#include "tensor/layout.h"
#include "tensor/linear.h"
#include "tensor/max_pool2d.h"
#include "tensor/optimizer_step.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::benchmark::Counter;
using ::benchmark::State;

// The widest instruction set's, measured when the program starts.
double peak_gflops = 0;

// What was computed in an iteration, as a rate and in percent of the peak.
void CountFlops(State& state, double flops) {
  state.counters["GFLOP/s"] =
      Counter(flops * 1e-9, Counter::kIsIterationInvariantRate);
  state.counters["%peak"] = Counter(100 * flops * 1e-9 / peak_gflops,
                                    Counter::kIsIterationInvariantRate);
}

// Elements (of four bytes) that an iteration reads and writes.
void CountElements(State& state, int64_t elements) {
  state.counters["GB/s"] = Counter(4e-9 * static_cast<double>(elements),
                                   Counter::kIsIterationInvariantRate);
}

template <typename LayerShape>
void LayerForward(State& state, const LayerShape& shape) {
  const std::unique_ptr<Layer> layer = MakeOurLayer(shape);
  for (auto _ : state) layer->Forward();
  CountFlops(state, shape.flops());
}

template <typename LayerShape>
void LayerBackward(State& state, const LayerShape& shape) {
  const std::unique_ptr<Layer> layer = MakeOurLayer(shape);
  layer->Forward();
  for (auto _ : state) layer->Backward();
  CountFlops(state, shape.backward_flops());
}

Conv2dOptions OptionsOf(const ConvolutionShape& shape) {
  Conv2dOptions options;
  options.padding = shape.padding;
  return options;
}

void Convolution(State& state, const ConvolutionShape& shape) {
  const Tensor<float> input = RandomTensor(shape.input_shape());
  const Tensor<float> weight = RandomTensor(shape.weight_shape());
  const Tensor<float> bias = RandomTensor({shape.out_channels});
  Tensor<float> output;
  Tensor<float> workspace;
  for (auto _ : state) {
    Conv2dForward(input, weight, bias, OptionsOf(shape), output, workspace);
  }
  CountFlops(state, shape.flops());
}

void ConvolutionGradient(State& state, const ConvolutionShape& shape) {
  const Tensor<float> input = RandomTensor(shape.input_shape());
  const Tensor<float> weight = RandomTensor(shape.weight_shape());
  const Tensor<float> output_gradient = RandomTensor(
      {shape.batch, shape.out_channels, shape.out_size(), shape.out_size()});
  Tensor<float> weight_gradient(weight.shape());
  Tensor<float> bias_gradient({shape.out_channels});
  Tensor<float> input_gradient;
  Tensor<float> workspace;
  for (auto _ : state) {
    Conv2dBackward(input, weight, output_gradient, OptionsOf(shape),
                   weight_gradient, bias_gradient,
                   shape.needs_input_gradient ? &input_gradient : nullptr,
                   workspace);
  }
  CountFlops(state, shape.backward_flops());
}

// A ConvNormPool2d without pooling and its tensors.
class ConvNorm {
 public:
  explicit ConvNorm(const ConvolutionShape& shape)
      : shape_(shape),
        images_(RandomTensor(shape.input_shape())),
        weight_(RandomTensor(shape.weight_shape())),
        bias_(RandomTensor({shape.out_channels})),
        weight_gradient_(weight_.shape()) {
    for (Tensor<float>& gradient : bias_gradients_) {
      gradient = Tensor<float>(bias_.shape());
    }
  }

  void Forward() {
    ConvNormOptions options;
    options.padding = shape_.padding;
    operation_.Forward(images_, {weight_, bias_, bias_, bias_}, options,
                       /*given=*/nullptr);
    operation_.GetOutput(output_);
  }
  // From any gradient.
  void Backward() {
    operation_.SetOutputGradient(output_);
    operation_.Backward({weight_, bias_, bias_, bias_},
                        {weight_gradient_, bias_gradients_[0],
                         bias_gradients_[1], bias_gradients_[2]},
                        shape_.needs_input_gradient);
  }

 private:
  const ConvolutionShape shape_;
  ConvNormPool2d operation_{/*pool=*/false};
  const Tensor<float> images_;
  const Tensor<float> weight_;
  const Tensor<float> bias_;
  Tensor<float> output_;
  Tensor<float> weight_gradient_;
  Tensor<float> bias_gradients_[3];
};

void ConvNormForward(State& state, const ConvolutionShape& shape) {
  ConvNorm operation(shape);
  for (auto _ : state) operation.Forward();
  CountFlops(state, shape.flops());
}

void ConvNormBackward(State& state, const ConvolutionShape& shape) {
  ConvNorm operation(shape);
  operation.Forward();
  for (auto _ : state) operation.Backward();
  CountFlops(state, shape.backward_flops());
}

void ImagesToChannelsLast(State& state, const ConvolutionShape& shape) {
  const Tensor<float> images = RandomTensor(shape.input_shape());
  ChannelsLast output;
  for (auto _ : state) {
    ToChannelsLast(images, kernels::PadChannels(shape.channels), shape.padding,
                   output);
  }
  CountElements(state, 2 * images.size());
}

void ImagesFromChannelsLast(State& state, const ConvolutionShape& shape) {
  const Tensor<float> images = RandomTensor(shape.input_shape());
  ChannelsLast input;
  ToChannelsLast(images, kernels::PadChannels(shape.channels), shape.padding,
                 input);
  Tensor<float> output;
  for (auto _ : state) FromChannelsLast(input, output);
  CountElements(state, 2 * images.size());
}

void MaxPoolForward(State& state, const ConvolutionShape& shape) {
  const Tensor<float> images = RandomTensor(shape.input_shape());
  Tensor<float> output;
  Tensor<int64_t> argmax;
  for (auto _ : state) {
    MaxPool2dForward(images, /*kernel_size=*/2, /*stride=*/2, output, argmax);
  }
  CountElements(state, images.size() + 3 * output.size());
}

// An input read once, and an output.
void BatchNorm(State& state, const Shape& shape) {
  const Tensor<float> input = RandomTensor(shape);
  const Tensor<float> weight = RandomTensor({shape[1]});
  const Tensor<float> bias = RandomTensor({shape[1]});
  ChannelMoments moments;
  Tensor<float> output;
  for (auto _ : state) {
    BatchNormForward(input, weight, bias, /*epsilon=*/1e-5, moments, output);
  }
  CountElements(state, 2 * input.size());
}

void BatchNormGradient(State& state, const Shape& shape) {
  const Tensor<float> input = RandomTensor(shape);
  const Tensor<float> weight = RandomTensor({shape[1]});
  const Tensor<float> output_gradient = RandomTensor(shape);
  ChannelMoments moments;
  Tensor<float> output;
  BatchNormForward(input, weight, weight, /*epsilon=*/1e-5, moments, output);
  Tensor<float> weight_gradient({shape[1]});
  Tensor<float> bias_gradient({shape[1]});
  Tensor<float> input_gradient;
  for (auto _ : state) {
    BatchNormBackward(input, weight, /*epsilon=*/1e-5, moments, output_gradient,
                      weight_gradient, bias_gradient, &input_gradient);
  }
  CountElements(state, 3 * input.size());
}

void LayerNorm(State& state, const Shape& shape) {
  const Tensor<float> input = RandomTensor(shape);
  const Tensor<float> weight = RandomTensor(shape.WithoutOuter());
  const Tensor<float> bias = RandomTensor(shape.WithoutOuter());
  RowMoments moments;
  Tensor<float> output;
  for (auto _ : state) {
    LayerNormForward(input, weight, bias, /*epsilon=*/1e-5, moments, output);
  }
  CountElements(state, 2 * input.size());
}

void LayerNormGradient(State& state, const Shape& shape) {
  const Tensor<float> input = RandomTensor(shape);
  const Tensor<float> weight = RandomTensor(shape.WithoutOuter());
  const Tensor<float> output_gradient = RandomTensor(shape);
  RowMoments moments;
  Tensor<float> output;
  LayerNormForward(input, weight, weight, /*epsilon=*/1e-5, moments, output);
  Tensor<float> weight_gradient(weight.shape());
  Tensor<float> bias_gradient(weight.shape());
  Tensor<float> input_gradient;
  for (auto _ : state) {
    LayerNormBackward(input, weight, moments, output_gradient, weight_gradient,
                      bias_gradient, &input_gradient);
  }
  CountElements(state, 3 * input.size());
}

// The product for the weights alone, as in the first layer of a network.
void LinearWeightGradient(State& state, const LinearShape& shape) {
  const Tensor<float> input = RandomTensor({shape.batch, shape.in_features});
  const Tensor<float> weight =
      RandomTensor({shape.out_features, shape.in_features});
  const Tensor<float> output_gradient =
      RandomTensor({shape.batch, shape.out_features});
  Tensor<float> weight_gradient(weight.shape());
  Tensor<float> bias_gradient({shape.out_features});
  Tensor<float> workspace;
  for (auto _ : state) {
    LinearBackward<float>(input, weight, output_gradient, weight_gradient,
                          bias_gradient, /*input_gradient=*/nullptr, workspace);
  }
  CountFlops(state, shape.flops());
}

void Uniform(State& state, int64_t size) {
  Generator generator(/*seed=*/0);
  Tensor<float> output({size});
  for (auto _ : state) FillUniform(0, 1, generator, output);
  CountElements(state, size);
}

void Relu(State& state, int64_t size) {
  const Tensor<float> input = RandomTensor({size});
  Tensor<float> output;
  for (auto _ : state) ReluForward(input, output);
  CountElements(state, 2 * size);
}

void ReluGradient(State& state, int64_t size) {
  const Tensor<float> output = RandomTensor({size});
  const Tensor<float> output_gradient = RandomTensor({size});
  Tensor<float> input_gradient;
  for (auto _ : state) ReluBackward(output, output_gradient, input_gradient);
  CountElements(state, 3 * size);
}

void Tanh(State& state, int64_t size) {
  const Tensor<float> input = RandomTensor({size});
  Tensor<float> output;
  for (auto _ : state) TanhForward(input, output);
  CountElements(state, 2 * size);
}

void TanhGradient(State& state, int64_t size) {
  const Tensor<float> output = RandomTensor({size});
  const Tensor<float> output_gradient = RandomTensor({size});
  Tensor<float> input_gradient;
  for (auto _ : state) TanhBackward(output, output_gradient, input_gradient);
  CountElements(state, 3 * size);
}

void CrossEntropy(State& state, int64_t batch, int64_t classes) {
  const Tensor<float> logits = RandomTensor({batch, classes});
  Tensor<int64_t> targets({batch});
  for (int64_t n = 0; n < batch; ++n) targets(n) = n % classes;
  Tensor<float> probabilities;
  Tensor<float> workspace;
  Tensor<float> gradient;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        CrossEntropyForward(logits, targets, probabilities, workspace));
    CrossEntropyBackward(probabilities, targets, /*scale=*/1, gradient);
  }
  CountElements(state, 4 * logits.size());
}

void SmoothedCrossEntropy(State& state, int64_t batch, int64_t classes) {
  const Tensor<float> logits = RandomTensor({batch, classes});
  Tensor<int64_t> targets({batch});
  for (int64_t n = 0; n < batch; ++n) targets(n) = n % classes;
  const ClassWeights<float> weights = {RandomTensor({classes}),
                                       RandomTensor({classes})};
  Tensor<float> probabilities;
  Tensor<float> workspace;
  Tensor<float> gradient;
  for (auto _ : state) {
    benchmark::DoNotOptimize(WeightedCrossEntropyForward(
        logits, targets, weights, probabilities, workspace));
    WeightedCrossEntropyBackward(probabilities, targets, weights, /*scale=*/1,
                                 gradient);
  }
  CountElements(state, 4 * logits.size());
}

void BinaryCrossEntropies(State& state, int64_t batch, int64_t classes) {
  const Tensor<float> logits = RandomTensor({batch, classes});
  const Tensor<float> targets({batch, classes});
  Tensor<float> difference;
  for (auto _ : state) {
    benchmark::DoNotOptimize(BinaryCrossEntropy(logits, targets, difference));
  }
  CountElements(state, 3 * logits.size());
}

void Sgd(State& state, int64_t size) {
  const Tensor<float> gradient = RandomTensor({size});
  Tensor<float> parameter = RandomTensor({size});
  SgdStepOptions options;
  options.learning_rate = 1e-9;
  for (auto _ : state) SgdStep(options, gradient, parameter);
  CountElements(state, 3 * size);
}

void SgdWithMomentum(State& state, int64_t size) {
  const Tensor<float> gradient = RandomTensor({size});
  Tensor<float> velocity({size});
  Tensor<float> parameter = RandomTensor({size});
  SgdStepOptions options;
  options.learning_rate = 1e-9;
  options.momentum = 0.9;
  for (auto _ : state) SgdMomentumStep(options, gradient, velocity, parameter);
  CountElements(state, 5 * size);
}

void AdamOptimizer(State& state, int64_t size) {
  AdamStepOptions options;
  options.beta1 = 0.9;
  options.beta2 = 0.999;
  options.step_size = 1e-9;
  options.second_moment_correction = 1;
  options.epsilon = 1e-8;
  const Tensor<float> gradient = RandomTensor({size});
  Tensor<float> first_moment({size});
  Tensor<float> second_moment({size});
  Tensor<float> parameter = RandomTensor({size});
  for (auto _ : state) {
    AdamStep(options, gradient, first_moment, second_moment, parameter);
  }
  CountElements(state, 7 * size);
}

void RmspropOptimizer(State& state, int64_t size) {
  RmspropStepOptions options;
  options.learning_rate = 1e-9;
  options.alpha = 0.99;
  options.epsilon = 1e-8;
  const Tensor<float> gradient = RandomTensor({size});
  Tensor<float> mean_square({size});
  Tensor<float> parameter = RandomTensor({size});
  for (auto _ : state) {
    RmspropStep(options, gradient, mean_square, nullptr, nullptr, parameter);
  }
  CountElements(state, 5 * size);
}

void GatherPairs(State& state, int64_t batch) {
  const Tensor<float> pairs = RandomTensor({1000, 2, 14, 14});
  Generator generator(/*seed=*/0);
  const Tensor<int64_t> order = RandomPermutation(1000, generator);
  Tensor<float> output;
  for (auto _ : state) {
    GatherRows(pairs, order.values().first(static_cast<size_t>(batch)), output);
  }
  CountElements(state, 2 * output.size());
}

void RegisterBenchmarks() {
  // "ConvPoolReluForward/w1_conv1".
  const auto add = [](const char* name, const auto& argument_name,
                      auto function, auto... arguments) {
    benchmark::RegisterBenchmark(
        absl::StrCat(name, "/", argument_name).c_str(),
        [=](State& state) { function(state, arguments...); });
  };
  for (const ConvolutionShape& shape : kConvolutionShapes) {
    add("ConvPoolReluForward", shape.name, LayerForward<ConvolutionShape>,
        shape);
    add("ConvPoolReluBackward", shape.name, LayerBackward<ConvolutionShape>,
        shape);
    add("ToChannelsLast", shape.name, ImagesToChannelsLast, shape);
    add("FromChannelsLast", shape.name, ImagesFromChannelsLast, shape);
    add("MaxPool2dForward", shape.name, MaxPoolForward, shape);
  }
  for (const ConvolutionShape& shape : kPlainConvolutionShapes) {
    add("Conv2dForward", shape.name, Convolution, shape);
    add("Conv2dBackward", shape.name, ConvolutionGradient, shape);
    add("ConvNormForward", shape.name, ConvNormForward, shape);
    add("ConvNormBackward", shape.name, ConvNormBackward, shape);
  }
  for (const LinearShape& shape : kLinearShapes) {
    add("LinearForward", shape.name, LayerForward<LinearShape>, shape);
    add("LinearBackward", shape.name, LayerBackward<LinearShape>, shape);
    add("LinearWeightGradient", shape.name, LinearWeightGradient, shape);
  }
  // A layer of the disk's network for batch 1, 10 and 100, and w1's hidden
  // layer.
  for (const int64_t size : {25, 250, 2'500, 20'000, 460'800}) {
    add("ReluForward", size, Relu, size);
    add("ReluBackward", size, ReluGradient, size);
    add("TanhForward", size, Tanh, size);
    add("TanhBackward", size, TanhGradient, size);
  }
  // After the first convolution of a network on digits, after another one, and
  // after a hidden layer.
  for (const auto& [name, shape] :
       {std::pair{"100x32x12x12", Shape{100, 32, 12, 12}},
        std::pair{"100x64x6x6", Shape{100, 64, 6, 6}},
        std::pair{"100x200", Shape{100, 200}}}) {
    add("BatchNormForward", name, BatchNorm, shape);
    add("BatchNormBackward", name, BatchNormGradient, shape);
    add("LayerNormForward", name, LayerNorm, shape);
    add("LayerNormBackward", name, LayerNormGradient, shape);
  }
  // Parameters of the disk's second layer and of w1.
  for (const int64_t size : {625, 70'906}) {
    add("SgdStep", size, Sgd, size);
    add("SgdMomentumStep", size, SgdWithMomentum, size);
    add("AdamStep", size, AdamOptimizer, size);
    add("RmspropStep", size, RmspropOptimizer, size);
  }
  // A batch of w1's hidden layer, for dropout.
  add("FillUniform", 20'000, Uniform, 20'000);
  add("CrossEntropy", "100x2", CrossEntropy, 100, 2);
  add("CrossEntropy", "200x10", CrossEntropy, 200, 10);
  add("SmoothedCrossEntropy", "200x10", SmoothedCrossEntropy, 200, 10);
  add("BinaryCrossEntropy", "200x10", BinaryCrossEntropies, 200, 10);
  add("GatherRows", "100_pairs", GatherPairs, 100);
}

}  // namespace

int Main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const FmaPeak& peak : MeasureFmaPeaks()) {
    if (peak_gflops == 0) peak_gflops = peak.gflops;
    benchmark::AddCustomContext(absl::StrCat("FMA peak, ", peak.target),
                                absl::StrCat(peak.gflops, " GFLOP/s"));
  }
  RegisterBenchmarks();
  const FlushDenormals flush_denormals;  // As in training.
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace minidl

int main(int argc, char** argv) { return minidl::Main(argc, argv); }
