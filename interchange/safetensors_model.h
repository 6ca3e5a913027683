#ifndef MINIDL_INTERCHANGE_SAFETENSORS_MODEL_H_
#define MINIDL_INTERCHANGE_SAFETENSORS_MODEL_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"

// Trained networks as files of tensors, named as in PyTorch's state_dict, for
// other software to load and to write.
namespace minidl {

// The contents of a safetensors file of the parameters and buffers of `model`,
// with ModelMetadata and "format", "pt", as its metadata. The same model gives
// the same bytes. Errors are those of LoadPairEnsemble and
// SerializeSafetensors.
absl::StatusOr<std::string> SafetensorsFile(const proto::Model& model);

// What a safetensors file does not say, or what counts instead of what it says.
struct SafetensorsImportOptions {
  std::optional<proto::Architecture> architecture;
  std::optional<proto::InputNormalization> input_normalization;
};

// The model whose tensors the safetensors file of contents `bytes` has. The
// architecture and the normalisation of the inputs are those of `options`, or
// else of the file's metadata; so are the images' size and number of classes,
// which otherwise are 14, 14 and 10. Tensors that are called
// "….num_batches_tracked", which nothing depends on, are left out, and so is
// the metadata's provenance: whoever wrote the file may have trained on.
//
// Errors name the tensor, what was expected and what was found:
//  - DataLoss: those of ParseSafetensors.
//  - InvalidArgument: neither the options nor the file say what the
//    architecture or the normalisation is.
//  - FailedPrecondition: the architecture makes no network, a text of the
//    metadata has no meaning, or the tensors are not its own, of dtype F32:
//    one is missing, unknown, or of another shape.
absl::StatusOr<proto::Model> ImportSafetensors(
    absl::string_view bytes, const SafetensorsImportOptions& options);

}  // namespace minidl

#endif  // MINIDL_INTERCHANGE_SAFETENSORS_MODEL_H_
