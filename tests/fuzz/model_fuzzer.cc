// Model files: the first byte says whether the rest is one as it is, or the
// message in one. A network that loads gives answers.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "models/model_file.h"
#include "models/network_state.h"
#include "models/optimizer_state.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_network.h"
#include "proto/model.pb.h"
#include "records/frame.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/network_work.h"
#include "tools/pair_inputs.h"
#include "tools/predict.h"

namespace minidl {
namespace {

bool IsQuickModel(const proto::Model& model) {
  if (model.architecture().networks() > 2 ||
      model.architecture().test_shift() > 1 || model.height() != 14 ||
      model.width() != 14) {
    return false;
  }
  Generator generator(0);
  const auto network =
      PairNetwork::Create(model.architecture(),
                          {model.height(), model.width(), model.num_classes()},
                          {generator, generator});
  return network.ok() && IsQuick(**network, 1);
}

}  // namespace
}  // namespace minidl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  const bool is_message = input.TakeByte() % 2 == 1;
  const minidl::FuzzFile file(is_message ? minidl::Frame(input.rest())
                                         : std::string(input.rest()));
  const absl::StatusOr<minidl::proto::Model> model =
      minidl::ReadModelFile(file.path());
  if (!model.ok()) return 0;
  minidl::Generator dropout(0);
  const auto ensemble = minidl::LoadPairEnsemble(*model, dropout);
  if (!ensemble.ok()) return 0;
  (void)minidl::LoadOptimizer(model->optimizer(), (*ensemble)->Parameters());
  if (!minidl::IsQuickModel(*model)) return 0;
  minidl::PairInputs inputs;
  inputs.pairs.Resize({1, 2, 14, 14});
  inputs.pairs.Fill(100);
  const minidl::proto::Predictions predictions =
      minidl::Predict(*model, inputs, **ensemble);
  MINIDL_CHECK(predictions.predictions_size() == 1, "no answer");
  return 0;
}
