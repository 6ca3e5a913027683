#ifndef MINIDL_INTERCHANGE_ONNX_EXPORT_H_
#define MINIDL_INTERCHANGE_ONNX_EXPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "onnx/onnx.pb.h"
#include "proto/model.pb.h"

// Trained networks in the format of ONNX (https://onnx.ai), for other software
// to run. docs/MODELS.md says what users may rely on.
namespace minidl {

// All that answers for `model`, as PairEnsemble::Predict does, as one graph of
// operator set 17: its networks, the places at which they see a pair, and what
// is done to the inputs before. The batch size N is not fixed.
//
//  - "pairs" (N×2×H×W) are pixels, of which 0 is paper and 1 is ink.
//  - "comparison_logits" and "comparison_probabilities" (N×2) are of "first >
//    second" and of "first <= second".
//  - "class_logits" and "class_probabilities" (N×2×num_classes) are of the
//    classes of both images, if the network was trained to tell them.
//
// The same model gives the same message. Errors are those of LoadPairEnsemble.
absl::StatusOr<onnx::ModelProto> ExportOnnx(const proto::Model& model);

// The same as the bytes of a file, whose name ends in ".onnx".
absl::StatusOr<std::string> OnnxFile(const proto::Model& model);

}  // namespace minidl

#endif  // MINIDL_INTERCHANGE_ONNX_EXPORT_H_
