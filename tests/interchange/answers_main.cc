// answers MODEL PAIRS OUTPUT: what a trained network says of the pairs
// "test_input" of a NumPy archive, as arrays of another: "comparison_logits"
// (N×2) and, if it was trained to tell the digits, "class_logits" (N×2×10).
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "data/npz.h"
#include "data/npz_reader.h"
#include "data/standardize.h"
#include "models/model_file.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_network.h"
#include "proto/model.pb.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

absl::Status WriteAnswers(const std::string& model_path,
                          const std::string& pairs_path,
                          const std::string& output_path) {
  const FlushDenormals flush_denormals;
  MINIDL_ASSIGN_OR_RETURN(const proto::Model model, ReadModelFile(model_path));
  Generator dropout(/*seed=*/0);
  MINIDL_ASSIGN_OR_RETURN(const std::unique_ptr<PairEnsemble> ensemble,
                          LoadPairEnsemble(model, dropout));
  MINIDL_ASSIGN_OR_RETURN(const NpzReader reader, NpzReader::Open(pairs_path));
  MINIDL_ASSIGN_OR_RETURN(Tensor<float> pairs, reader.ReadFloats("test_input"));
  Standardization standardization;
  if (model.has_input_normalization()) {
    standardization = {model.input_normalization().mean(),
                       model.input_normalization().deviation()};
  }
  standardization.Apply(pairs);
  ensemble->set_background(standardization.Of(0));
  const PairNetwork::Output output = ensemble->Predict(pairs);
  NpzBuilder answers;
  answers.Add("comparison_logits", output.comparison);
  Tensor<float> classes;
  if (ClassifiesImages(model.architecture())) {
    CopyReshaped(*output.classes, {pairs.shape()[0], 2, model.num_classes()},
                 classes);
    answers.Add("class_logits", classes);
  }
  MINIDL_ASSIGN_OR_RETURN(const std::string archive, answers.Build());
  return WriteFile(output_path, archive);
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: answers MODEL PAIRS OUTPUT\n");
    return 2;
  }
  const absl::Status status = minidl::WriteAnswers(argv[1], argv[2], argv[3]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "answers: %s\n", status.ToString().c_str());
  return 1;
}
