#include "benchmarks/onednn_layers.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"
#include "oneapi/dnnl/dnnl.hpp"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

dnnl::engine& Engine() {
  static auto* const engine = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *engine;
}

dnnl::stream& Stream() {
  static auto* const stream = new dnnl::stream(Engine());
  return *stream;
}

memory::dims ToDims(const Shape& shape) {
  return memory::dims(shape.sizes().begin(), shape.sizes().end());
}

// In the order that a primitive prefers.
memory::desc Any(const Shape& shape) {
  return {ToDims(shape), memory::data_type::f32, memory::format_tag::any};
}

// Row-major, as a Tensor.
memory::desc RowMajor(const Shape& shape) {
  memory::dims strides(static_cast<size_t>(shape.rank()), 1);
  for (int i = shape.rank() - 1; i > 0; --i) {
    strides[static_cast<size_t>(i) - 1] =
        strides[static_cast<size_t>(i)] * shape[i];
  }
  return {ToDims(shape), memory::data_type::f32, strides};
}

void Execute(const dnnl::primitive& primitive, const Arguments& arguments) {
  primitive.execute(Stream(), arguments);
  Stream().wait();
}

void Reorder(memory from, memory to) {
  dnnl::reorder(from, to).execute(Stream(), from, to);
  Stream().wait();
}

// What a tensor of that shape is filled with (RandomTensor), in the order
// `desc`.
memory Filled(const Shape& shape, const memory::desc& desc) {
  Tensor<float> values = RandomTensor(shape);
  memory result(desc, Engine());
  Reorder(memory(RowMajor(shape), Engine(), values.data()), result);
  return result;
}

memory Empty(const memory::desc& desc) { return memory(desc, Engine()); }

Tensor<float> ToTensor(const memory& values, const Shape& shape) {
  Tensor<float> tensor(shape);
  Reorder(values, memory(RowMajor(shape), Engine(), tensor.data()));
  return tensor;
}

// A primitive and what it reads and writes.
struct Call {
  dnnl::primitive primitive;
  Arguments arguments;

  void operator()() const { Execute(primitive, arguments); }
};

class CallsLayer : public Layer {
 public:
  void Forward() override {
    for (const Call& call : forward_) call();
  }
  void Backward() override {
    for (const Call& call : backward_) call();
  }
  Tensor<float> Output() const override {
    return ToTensor(output_, output_shape_);
  }

 protected:
  std::vector<Call> forward_;
  std::vector<Call> backward_;
  memory output_;
  Shape output_shape_;
};

class Convolution : public CallsLayer {
 public:
  Convolution(const ConvolutionShape& shape, bool pools) {
    const Shape full_shape(
        {shape.batch, shape.out_channels, shape.out_size(), shape.out_size()});
    const memory::dims strides = {1, 1};
    const memory::dims padding = {shape.padding, shape.padding};
    const memory::desc input_desc = Any(shape.input_shape());
    const memory::desc weight_desc = Any(shape.weight_shape());
    const memory::desc bias_desc = Any({shape.out_channels});

    dnnl::post_ops relu;
    relu.append_eltwise(/*scale=*/1, dnnl::algorithm::eltwise_relu, 0, 0);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(relu);
    const dnnl::convolution_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct,
         input_desc, weight_desc, bias_desc, Any(full_shape), strides, padding,
         padding},
        attributes, Engine());
    const memory input = Filled(shape.input_shape(), forward.src_desc());
    const memory full = Empty(forward.dst_desc());
    forward_.push_back(
        {dnnl::convolution_forward(forward),
         {{DNNL_ARG_SRC, input},
          {DNNL_ARG_WEIGHTS,
           Filled(shape.weight_shape(), forward.weights_desc())},
          {DNNL_ARG_BIAS, Filled({shape.out_channels}, forward.bias_desc())},
          {DNNL_ARG_DST, full}}});
    output_ = full;
    output_shape_ = full_shape;

    // What the ways back of the convolution start from: of one order.
    const dnnl::convolution_forward::primitive_desc hint(
        {dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct,
         input_desc, weight_desc, bias_desc, Any(full_shape), strides, padding,
         padding},
        Engine());
    const dnnl::convolution_backward_weights::primitive_desc backward_weights(
        {dnnl::algorithm::convolution_direct, forward.src_desc(), weight_desc,
         bias_desc, Any(full_shape), strides, padding, padding},
        Engine(), hint);
    memory full_gradient = Filled(full_shape, backward_weights.diff_dst_desc());
    if (pools) AddPooling(shape, full, full_gradient);
    backward_.push_back(
        {dnnl::convolution_backward_weights(backward_weights),
         {{DNNL_ARG_SRC, input},
          {DNNL_ARG_DIFF_DST, full_gradient},
          {DNNL_ARG_DIFF_WEIGHTS, Empty(backward_weights.diff_weights_desc())},
          {DNNL_ARG_DIFF_BIAS, Empty(backward_weights.diff_bias_desc())}}});
    if (!shape.needs_input_gradient) return;
    const dnnl::convolution_backward_data::primitive_desc backward_data(
        {dnnl::algorithm::convolution_direct, input_desc, weight_desc,
         backward_weights.diff_dst_desc(), strides, padding, padding},
        Engine(), hint);
    backward_.push_back(
        {dnnl::convolution_backward_data(backward_data),
         {{DNNL_ARG_DIFF_DST, full_gradient},
          {DNNL_ARG_WEIGHTS,
           Filled(shape.weight_shape(), backward_data.weights_desc())},
          {DNNL_ARG_DIFF_SRC, Empty(backward_data.diff_src_desc())}}});
  }

 private:
  // From `full` to the output, and from the output's gradient back through ReLU
  // and the pooling to `full_gradient`. ReLU and pooling commute, so that the
  // way back through ReLU has a quarter of the elements.
  void AddPooling(const ConvolutionShape& shape, const memory& full,
                  const memory& full_gradient) {
    const memory::dims window = {2, 2};
    const memory::dims no_padding = {0, 0};
    output_shape_ = shape.output_shape();
    const dnnl::pooling_forward::primitive_desc pooling(
        {dnnl::prop_kind::forward_training, dnnl::algorithm::pooling_max,
         full.get_desc(), Any(output_shape_), window, window, no_padding,
         no_padding},
        Engine());
    output_ = Empty(pooling.dst_desc());
    const memory workspace = Empty(pooling.workspace_desc());
    forward_.push_back({dnnl::pooling_forward(pooling),
                        {{DNNL_ARG_SRC, full},
                         {DNNL_ARG_DST, output_},
                         {DNNL_ARG_WORKSPACE, workspace}}});

    const dnnl::eltwise_forward::primitive_desc relu(
        {dnnl::prop_kind::forward_training,
         dnnl::algorithm::eltwise_relu_use_dst_for_bwd, pooling.dst_desc(), 0,
         0},
        Engine());
    const dnnl::eltwise_backward::primitive_desc relu_backward(
        {dnnl::algorithm::eltwise_relu_use_dst_for_bwd, pooling.dst_desc(),
         pooling.dst_desc(), 0, 0},
        Engine(), relu);
    const memory live_gradient = Empty(pooling.dst_desc());
    backward_.push_back(
        {dnnl::eltwise_backward(relu_backward),
         {{DNNL_ARG_DST, output_},
          {DNNL_ARG_DIFF_DST, Filled(output_shape_, pooling.dst_desc())},
          {DNNL_ARG_DIFF_SRC, live_gradient}}});
    const dnnl::pooling_backward::primitive_desc pooling_backward(
        {dnnl::algorithm::pooling_max, full_gradient.get_desc(),
         pooling.dst_desc(), window, window, no_padding, no_padding},
        Engine(), pooling);
    backward_.push_back({dnnl::pooling_backward(pooling_backward),
                         {{DNNL_ARG_DIFF_DST, live_gradient},
                          {DNNL_ARG_WORKSPACE, workspace},
                          {DNNL_ARG_DIFF_SRC, full_gradient}}});
  }
};

class Affine : public CallsLayer {
 public:
  explicit Affine(const LinearShape& shape) {
    const Shape input_shape({shape.batch, shape.in_features});
    const Shape weight_shape({shape.out_features, shape.in_features});
    const Shape bias_shape({shape.out_features});
    output_shape_ = Shape({shape.batch, shape.out_features});
    const dnnl::inner_product_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, Any(input_shape), Any(weight_shape),
         Any(bias_shape), Any(output_shape_)},
        Engine());
    output_ = Empty(forward.dst_desc());
    const memory input = Filled(input_shape, forward.src_desc());
    forward_.push_back(
        {dnnl::inner_product_forward(forward),
         {{DNNL_ARG_SRC, input},
          {DNNL_ARG_WEIGHTS, Filled(weight_shape, forward.weights_desc())},
          {DNNL_ARG_BIAS, Filled(bias_shape, forward.bias_desc())},
          {DNNL_ARG_DST, output_}}});

    const dnnl::inner_product_backward_weights::primitive_desc backward_weights(
        {forward.src_desc(), Any(weight_shape), Any(bias_shape),
         Any(output_shape_)},
        Engine(), forward);
    const memory output_gradient =
        Filled(output_shape_, backward_weights.diff_dst_desc());
    backward_.push_back(
        {dnnl::inner_product_backward_weights(backward_weights),
         {{DNNL_ARG_SRC, input},
          {DNNL_ARG_DIFF_DST, output_gradient},
          {DNNL_ARG_DIFF_WEIGHTS, Empty(backward_weights.diff_weights_desc())},
          {DNNL_ARG_DIFF_BIAS, Empty(backward_weights.diff_bias_desc())}}});
    const dnnl::inner_product_backward_data::primitive_desc backward_data(
        {Any(input_shape), Any(weight_shape), backward_weights.diff_dst_desc()},
        Engine(), forward);
    backward_.push_back(
        {dnnl::inner_product_backward_data(backward_data),
         {{DNNL_ARG_DIFF_DST, output_gradient},
          {DNNL_ARG_WEIGHTS,
           Filled(weight_shape, backward_data.weights_desc())},
          {DNNL_ARG_DIFF_SRC, Empty(backward_data.diff_src_desc())}}});
  }
};

}  // namespace

std::unique_ptr<Layer> MakeOneDnnLayer(const ConvolutionShape& shape) {
  return std::make_unique<Convolution>(shape, /*pools=*/true);
}

std::unique_ptr<Layer> MakeOneDnnLayer(const LinearShape& shape) {
  return std::make_unique<Affine>(shape);
}

std::unique_ptr<Layer> MakeOneDnnBareConvolution(
    const ConvolutionShape& shape) {
  return std::make_unique<Convolution>(shape, /*pools=*/false);
}

}  // namespace minidl
