#ifndef MINIDL_MODELS_MODEL_FILE_H_
#define MINIDL_MODELS_MODEL_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "proto/model.pb.h"

// Model files hold one Model message in the framing of record files (see
// records/frame.h), so that one which is cut short is told from one that is
// corrupt. Their names end in ".model".
namespace minidl {

// The meaning of Model's fields that this program writes and reads.
inline constexpr int32_t kModelFormatVersion = 1;

// Writes `model`, whose `format`, `format_version` and `build` this sets, to
// the file at `path`, which appears when it is complete, or not at all. The
// same model gives the same bytes, in every run of the same program. Errors are
// those of AtomicFile, and ResourceExhausted for a model of more than
// kMaxPayloadSize.
absl::Status WriteModelFile(const std::string& path, proto::Model model,
                            AtomicFile::Existing existing);

// The model in the file at `path`. Errors, which name the file and say what is
// there instead:
//  - DataLoss: the file is empty, cut short or corrupt.
//  - FailedPrecondition: it is none of a model, or of another format version.
//  - others: the system's reason why it cannot be read.
// Nothing is allocated but for what is in the file. Whether the tensors are
// those of the architecture, LoadPairNetwork tells.
absl::StatusOr<proto::Model> ReadModelFile(const std::string& path);

}  // namespace minidl

#endif  // MINIDL_MODELS_MODEL_FILE_H_
