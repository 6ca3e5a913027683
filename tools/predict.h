#ifndef MINIDL_TOOLS_PREDICT_H_
#define MINIDL_TOOLS_PREDICT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/pair_ensemble.h"
#include "proto/model.pb.h"
#include "tools/console.h"
#include "tools/pair_inputs.h"
#include "tools/prediction.pb.h"

namespace minidl {

struct PredictOptions {
  std::string model;  // The file, as the user wrote it.
  PairInputOptions inputs;
  std::string format = "text";  // Or "csv" or "json".
};

// Prints what a trained network says of pairs of digits and, where it is known
// what they are, how much of that is wrong. InvalidArgument for mistakes in the
// options; otherwise what reading the files gives.
absl::Status PrintPredictions(const PredictOptions& options,
                              const Console& console);

// What `ensemble`, loaded from `model`, says; all but the file's name. An
// answer is wrong where a round's record counts it (EvaluatePairNetwork).
// Denormals are zeros, as in training.
proto::Predictions Predict(const proto::Model& model, const PairInputs& inputs,
                           PairEnsemble& ensemble);

}  // namespace minidl

#endif  // MINIDL_TOOLS_PREDICT_H_
