#include "nn/module_work.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gtest/gtest.h"
#include "nn/build_layers.h"
#include "nn/module.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

// Operations counted by hand.
struct Case {
  std::string fields;
  Shape input;
  int64_t forward;
  int64_t parameter_gradients;
  int64_t input_gradient;
};

// One case for every kind of layer that an architecture can have.
const std::map<std::string, Case>& Cases() {
  static const auto& cases = *new std::map<std::string, Case>{
      // 5 sums of 3 products and a bias. By weight 15 multiply-adds and 5
      // additions, by input 15 multiply-adds.
      {"linear", {"out_features: 5", {3}, 30, 30 + 5, 30}},
      // 4×2×3 outputs, each of 3·2·2 products.
      {"conv2d",
       {"out_channels: 4 kernel_size: 2 stride: 2 padding: 1",
        {3, 3, 4},
        2 * 24 * 12,
        2 * 24 * 12 + 24,
        2 * 24 * 12}},
      // 2×2×1 outputs, each of 3·3 inputs; the gradient of each is added once.
      {"max_pool2d", {"kernel_size: 3 stride: 1", {2, 4, 3}, 4 * 8, 0, 4}},
      {"relu", {"", {2, 3}, 6, 0, 6}},
      // g (1 - y²).
      {"tanh", {"", {2, 3}, 6, 0, 3 * 6}},
      {"flatten", {"", {2, 3}, 0, 0, 0}},
      {"dropout", {"probability: 0.5", {2, 3}, 6, 0, 6}},
  };
  return cases;
}

struct Flops {
  int64_t forward = 0;
  int64_t backward = 0;
};

// Of a module and all in it; adds a failure if a part does not tell.
Flops Count(BasicModule<float>& module, const Shape& input) {
  const std::optional<BasicModuleWork<float>> work = module.Work(input);
  if (!work.has_value()) {
    ADD_FAILURE() << module.Description() << " has no Work";
    return {};
  }
  Flops flops = {work->forward_flops, work->backward_flops};
  for (const auto& part : work->parts) {
    const Flops of_part = Count(*part.module, part.input);
    flops.forward += part.count * of_part.forward;
    flops.backward += part.count * of_part.backward;
  }
  return flops;
}

TEST(ModuleWorkTest, EveryLayerTellsItsOperations) {
  const auto* oneof = proto::Layer::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < oneof->field_count(); ++i) {
    const std::string& name = oneof->field(i)->name();
    SCOPED_TRACE(name);
    const auto found = Cases().find(name);
    if (found == Cases().end()) {
      proto::Architecture empty;
      ASSERT_THAT(ParseTextProto("head { " + name + " {} }", "test", &empty),
                  IsOk());
      Generator generator(0);
      if (absl::IsUnimplemented(BuildLayers<float>(empty.head(), "head", {1},
                                                   {generator, generator})
                                    .status())) {
        continue;  // To come.
      }
      ADD_FAILURE() << "no case; add one, and Work to the module";
      continue;
    }
    const Case& expected = found->second;
    proto::Architecture architecture;
    ASSERT_THAT(
        ParseTextProto("head { " + name + " { " + expected.fields + " } }",
                       "test", &architecture),
        IsOk());
    Generator generator(0);
    const auto built = BuildLayers<float>(
        architecture.head(), "head", expected.input, {generator, generator});
    ASSERT_THAT(built, IsOk());
    const Flops all = Count(**built, expected.input);
    EXPECT_EQ(all.forward, expected.forward);
    EXPECT_EQ(all.backward,
              expected.parameter_gradients + expected.input_gradient);
    (*built)->SetNeedsInputGradient(false);
    const Flops first = Count(**built, expected.input);
    EXPECT_EQ(first.forward, expected.forward);
    EXPECT_EQ(first.backward, expected.parameter_gradients);
  }
}

}  // namespace
}  // namespace minidl
