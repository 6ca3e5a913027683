#include "interchange/onnx_export.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "interchange/model_metadata.h"
#include "interchange/onnx_graph.h"
#include "interchange/onnx_layers.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_network.h"
#include "onnx/onnx.pb.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

// Those of ONNX 1.12, which Debian 12 has.
constexpr int64_t kIrVersion = 8;
constexpr int64_t kOperatorSet = 17;
// Raised when inputs or outputs change their names or meanings.
constexpr int64_t kModelVersion = 1;

// The batch size's name.
constexpr char kBatch[] = "N";
// Of the inputs' values: 0 ... 255 in our data sets.
constexpr double kInk = 255;

constexpr char kPairs[] = "pairs";

constexpr char kDocumentation[] =
    "\n\n"
    "Input: pairs, N x 2 x height x width, images white on black: 0 is paper "
    "and 1 is ink.\n"
    "Outputs: comparison_logits and comparison_probabilities, N x 2, of "
    "\"first > second\" and of \"first <= second\".";
constexpr char kClassesDocumentation[] =
    " class_logits and class_probabilities, N x 2 x classes, of the first "
    "image's classes and of the second's.";

// What a network gives: values. `classes` is empty if it tells none.
struct Answer {
  std::string comparison;  // N×2
  std::string classes;     // N×2×num_classes
};

class Exporter {
 public:
  // `features` is how many numbers the branches give for a pair.
  Exporter(const proto::Model& model, int64_t features, onnx::GraphProto* graph)
      : model_(model),
        architecture_(model.architecture()),
        features_(features),
        graph_(graph) {
    for (const auto* tensors : {&model.parameters(), &model.buffers()}) {
      for (const proto::NamedTensor& tensor : *tensors) {
        tensors_[tensor.name()] = &tensor;
      }
    }
  }

  void Export() {
    graph_.AddInput(kPairs, kBatch, {2, model_.height(), model_.width()});
    const std::string inputs = AddNormalization(AddPlaces(kPairs));
    std::vector<Answer> answers;
    for (int k = 0; k < NumNetworks(); ++k) {
      answers.push_back(
          AddNetwork(NumNetworks() == 1 ? "" : absl::StrCat(k, "."), inputs));
    }
    std::vector<std::string> comparisons;
    std::vector<std::string> classes;
    for (const Answer& answer : answers) {
      comparisons.push_back(answer.comparison);
      classes.push_back(answer.classes);
    }
    AddOutputs("comparison", comparisons, {2});
    if (ClassifiesImages(architecture_)) {
      AddOutputs("class", classes, {2, model_.num_classes()});
    }
  }

 private:
  int NumNetworks() const { return std::max(architecture_.networks(), 1); }
  int64_t NumPlaces() const { return architecture_.test_shift() == 0 ? 1 : 5; }

  // N×2×H×W to NumPlaces() times that, place after place: see PairEnsemble.
  // Where nothing comes from, there is paper.
  std::string AddPlaces(const std::string& pairs) {
    if (NumPlaces() == 1) return pairs;
    const int64_t shift = architecture_.test_shift();
    const std::string padded = graph_.AddNode(
        "places/padded", "Pad",
        {pairs, graph_.AddInts("places/pads",
                               {0, 0, shift, shift, 0, 0, shift, shift})});
    const std::string axes = graph_.AddInts("places/axes", {2, 3});
    // Moved down, right.
    const std::vector<std::vector<int64_t>> places = {
        {0, 0}, {-shift, 0}, {shift, 0}, {0, -shift}, {0, shift}};
    std::vector<std::string> moved;
    for (size_t i = 0; i < places.size(); ++i) {
      const std::string name = absl::StrCat("places/", i);
      const int64_t top = shift - places[i][0];
      const int64_t left = shift - places[i][1];
      moved.push_back(graph_.AddNode(
          name, "Slice",
          {padded, graph_.AddInts(name + "/starts", {top, left}),
           graph_.AddInts(name + "/ends",
                          {top + model_.height(), left + model_.width()}),
           axes}));
    }
    return graph_.AddNode("places", "Concat", moved,
                          OnnxAttributes().Int("axis", 0));
  }

  // From pixels of [0, 1] to what the networks were trained with.
  std::string AddNormalization(const std::string& pairs) {
    double mean = 0;
    double factor = 1;
    if (model_.has_input_normalization()) {
      mean = model_.input_normalization().mean();
      const double deviation = model_.input_normalization().deviation();
      factor = deviation == 0 ? 0 : 1 / deviation;
    }
    const std::string centered = graph_.AddNode(
        "normalized/centered", "Sub",
        {pairs,
         graph_.AddFloat("normalized/mean", static_cast<float>(mean / kInk))});
    return graph_.AddNode(
        "normalized", "Mul",
        {centered, graph_.AddFloat("normalized/factor",
                                   static_cast<float>(factor * kInk))});
  }

  // `prefix` is what the names of the network's tensors begin with.
  Answer AddNetwork(const std::string& prefix, const std::string& pairs) {
    const std::string features = AddBranches(prefix + "branch", pairs);
    const std::string head = prefix + "head";
    Answer answer;
    if (ClassifiesImages(architecture_) || architecture_.has_analytic_head()) {
      answer.classes = AddReshape(head + "/classes", features,
                                  {-1, 2, model_.num_classes()});
    }
    answer.comparison = architecture_.has_analytic_head()
                            ? AddAnalyticHead(head, answer.classes)
                            : AddOnnxLayers(architecture_.head(), head,
                                            features, tensors_, graph_);
    return answer;
  }

  // N×2×H×W -> N×features.
  std::string AddBranches(const std::string& name, const std::string& pairs) {
    switch (architecture_.branches()) {
      case proto::Architecture::JOINT:
        return AddBranch(name, pairs);
      case proto::Architecture::SHARED: {
        const std::string images = AddReshape(
            name + "/images", pairs, {-1, 1, model_.height(), model_.width()});
        return AddReshape(name, AddBranch(name, images), {-1, features_});
      }
      default: {  // SEPARATE: there are no others.
        std::vector<std::string> outputs;
        for (int64_t i = 0; i < 2; ++i) {
          const std::string branch = absl::StrCat(name, ".", i);
          const std::string image = graph_.AddNode(
              branch + "/image", "Gather",
              {pairs, graph_.AddInts(branch + "/image/index", {i})},
              OnnxAttributes().Int("axis", 1));
          outputs.push_back(AddBranch(branch, image));
        }
        return graph_.AddNode(name, "Concat", outputs,
                              OnnxAttributes().Int("axis", 1));
      }
    }
  }

  std::string AddBranch(const std::string& name, const std::string& images) {
    return AddOnnxLayers(architecture_.branch(), name, images, tensors_,
                         graph_);
  }

  // N×2×C class logits to N×2, ln P(first > second) and ln P(first <= second):
  // each the logarithm of the sum of exp(ln P(first = i) + ln P(second = j))
  // over its i and j. The largest is taken out of the sum by hand, because
  // ONNX's ReduceLogSumExp does not promise to.
  std::string AddAnalyticHead(const std::string& name,
                              const std::string& classes) {
    const int64_t count = model_.num_classes();
    const auto node = [this, &name](const std::string& step,
                                    const std::string& type,
                                    const std::vector<std::string>& inputs,
                                    const OnnxAttributes& attributes = {}) {
      return graph_.AddNode(absl::StrCat(name, "/", step), type, inputs,
                            attributes);
    };
    const auto index = [this, &name](const std::string& step, int64_t i) {
      return graph_.AddInts(absl::StrCat(name, "/", step, "/index"), {i});
    };
    const std::string log_probabilities =
        node("log_probabilities", "LogSoftmax", {classes},
             OnnxAttributes().Int("axis", -1));
    // N×1×C, and N×1×C×1 and N×1×1×C after that.
    const auto of_image = [&](const std::string& step, int64_t image,
                              std::vector<int64_t> shape) {
      return AddReshape(
          absl::StrCat(name, "/", step),
          node(step + "_row", "Gather", {log_probabilities, index(step, image)},
               OnnxAttributes().Int("axis", 1)),
          shape);
    };
    const std::string joint = node("joint", "Add",
                                   {of_image("first", 0, {-1, 1, count, 1}),
                                    of_image("second", 1, {-1, 1, 1, count})});
    const std::string masked = node("masked", "Add", {joint, Mask()});
    const std::string terms =
        AddReshape(name + "/terms", masked, {-1, 2, count * count});
    const std::string largest =
        node("largest", "ReduceMax", {terms},
             OnnxAttributes().Ints("axes", {2}).Int("keepdims", 1));
    const std::string exp =
        node("exp", "Exp", {node("difference", "Sub", {terms, largest})});
    const std::string sum =
        node("sum", "ReduceSum", {exp, graph_.AddInts(name + "/sum/axes", {2})},
             OnnxAttributes().Int("keepdims", 1));
    return AddReshape(
        name,
        node("log_sum_exp", "Add", {largest, node("log_sum", "Log", {sum})}),
        {-1, 2});
  }

  // 2×C×C, which all networks share: added to the logarithms of a sum's terms,
  // it leaves those of "first <= second" out of the first sum, and the others
  // out of the second.
  const std::string& Mask() {
    constexpr float kOut = std::numeric_limits<float>::lowest() / 4;
    if (mask_.empty()) {
      const int64_t count = model_.num_classes();
      std::vector<float> values;
      for (const bool less_equal : {false, true}) {
        for (int64_t i = 0; i < count; ++i) {
          for (int64_t j = 0; j < count; ++j) {
            values.push_back((i <= j) == less_equal ? 0 : kOut);
          }
        }
      }
      mask_ = graph_.AddFloats("order/mask", {2, count, count}, values);
    }
    return mask_;
  }

  // The outputs "`name`_logits" and "`name`_probabilities", N×`shape`, from the
  // logits of all networks at all places.
  void AddOutputs(const std::string& name,
                  const std::vector<std::string>& logits,
                  const std::vector<int64_t>& shape) {
    const std::string logits_name = name + "_logits";
    const std::string probabilities_name = name + "_probabilities";
    if (logits.size() == 1 && NumPlaces() == 1) {
      graph_.AddNode(logits_name, "Identity", logits);
    } else {
      AddLogitsOfAverage(logits_name, logits, shape);
    }
    AddSoftmax(probabilities_name, logits_name);
    graph_.AddOutput(logits_name, kBatch, shape);
    graph_.AddOutput(probabilities_name, kBatch, shape);
  }

  // The logarithms of the averages of the probabilities; see
  // PairEnsemble::Predict.
  void AddLogitsOfAverage(const std::string& name,
                          const std::vector<std::string>& logits,
                          const std::vector<int64_t>& shape) {
    std::vector<std::string> averages;
    for (size_t k = 0; k < logits.size(); ++k) {
      const std::string of_network = absl::StrCat(name, "/", k);
      const std::string probabilities =
          AddSoftmax(of_network + "/probabilities", logits[k]);
      std::vector<int64_t> by_place = {NumPlaces(), -1};
      by_place.insert(by_place.end(), shape.begin(), shape.end());
      averages.push_back(graph_.AddNode(
          of_network, "ReduceMean",
          {AddReshape(of_network + "/by_place", probabilities, by_place)},
          OnnxAttributes().Ints("axes", {0}).Int("keepdims", 0)));
    }
    const std::string average =
        graph_.AddNode(name + "/average", "Mean", averages);
    // As LogProbability does.
    const std::string positive = graph_.AddNode(
        name + "/positive", "Max",
        {average,
         graph_.AddFloat(name + "/least", std::numeric_limits<float>::min())});
    graph_.AddNode(name, "Log", {positive});
  }

  std::string AddSoftmax(const std::string& name, const std::string& logits) {
    return graph_.AddNode(name, "Softmax", {logits},
                          OnnxAttributes().Int("axis", -1));
  }

  std::string AddReshape(const std::string& name, const std::string& value,
                         const std::vector<int64_t>& shape) {
    return graph_.AddNode(name, "Reshape",
                          {value, graph_.AddInts(name + "/shape", shape)});
  }

  const proto::Model& model_;
  const proto::Architecture& architecture_;
  const int64_t features_;
  TensorsByName tensors_;
  OnnxGraph graph_;
  std::string mask_;  // Empty until there is one.
};

}  // namespace

absl::StatusOr<onnx::ModelProto> ExportOnnx(const proto::Model& model) {
  Generator dropout(/*seed=*/0);  // Nothing is dropped.
  MINIDL_ASSIGN_OR_RETURN(const std::unique_ptr<PairEnsemble> ensemble,
                          LoadPairEnsemble(model, dropout));
  const int64_t features = ensemble->networks()[0]->features()[0];

  onnx::ModelProto exported;
  exported.set_ir_version(kIrVersion);
  exported.set_producer_name("minidl");
  exported.set_model_version(kModelVersion);
  exported.add_opset_import()->set_version(kOperatorSet);
  const proto::Architecture& architecture = model.architecture();
  exported.set_doc_string(absl::StrCat(
      architecture.description(), kDocumentation,
      ClassifiesImages(architecture) ? kClassesDocumentation : ""));
  for (const auto& [key, value] : ModelMetadata(model)) {
    onnx::StringStringEntryProto& entry = *exported.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  onnx::GraphProto* graph = exported.mutable_graph();
  // ONNX wants one.
  graph->set_name(architecture.name().empty() ? "minidl" : architecture.name());
  Exporter(model, features, graph).Export();
  return exported;
}

absl::StatusOr<std::string> OnnxFile(const proto::Model& model) {
  MINIDL_ASSIGN_OR_RETURN(const onnx::ModelProto exported, ExportOnnx(model));
  std::string bytes;
  if (!exported.SerializeToString(&bytes)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the ONNX file would have ", exported.ByteSizeLong(),
                     " bytes; it holds less than 2 GiB"));
  }
  return bytes;
}

}  // namespace minidl
