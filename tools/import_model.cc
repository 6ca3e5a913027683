#include "tools/import_model.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "experiments/study.h"
#include "interchange/safetensors_model.h"
#include "models/model_file.h"
#include "proto/model.pb.h"
#include "tools/console.h"

namespace minidl {
namespace {

// A header of the largest size, and more tensors than a model file holds.
constexpr size_t kMaxSafetensorsFile = size_t{512} << 20;

absl::Status CheckNumbers(const ImportModelOptions& options) {
  if (options.input_mean.has_value() != options.input_deviation.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--input_mean and --input_deviation belong together, and ",
        options.input_mean.has_value() ? "--input_deviation" : "--input_mean",
        " is missing"));
  }
  if (!options.input_mean.has_value()) return absl::OkStatus();
  if (!std::isfinite(*options.input_mean)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--input_mean is ", *options.input_mean, "; expected a finite number"));
  }
  if (!(*options.input_deviation >= 0 &&
        std::isfinite(*options.input_deviation))) {
    return absl::InvalidArgumentError(
        absl::StrCat("--input_deviation is ", *options.input_deviation,
                     "; expected 0 or a positive number"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ImportModel(const ImportModelOptions& options,
                         const Console& console) {
  MINIDL_RETURN_IF_ERROR(CheckNumbers(options));
  SafetensorsImportOptions import_options;
  if (!options.architecture.empty()) {
    MINIDL_ASSIGN_OR_RETURN(import_options.architecture,
                            ReadArchitecture(UserPath(options.architecture)));
  }
  if (options.input_mean.has_value()) {
    import_options.input_normalization.emplace();
    import_options.input_normalization->set_mean(*options.input_mean);
    import_options.input_normalization->set_deviation(*options.input_deviation);
  }
  const std::string path = UserPath(options.safetensors);
  MINIDL_ASSIGN_OR_RETURN(const std::string bytes,
                          ReadFile(path, kMaxSafetensorsFile));
  absl::StatusOr<proto::Model> model = ImportSafetensors(bytes, import_options);
  if (!model.ok()) {
    // What the file does not say, the user can.
    const bool is_missing = absl::IsInvalidArgument(model.status());
    return absl::Status(
        model.status().code(),
        absl::StrCat(path, ": ", model.status().message(),
                     is_missing ? " (--architecture, --input_mean and "
                                  "--input_deviation)"
                                : ""));
  }
  const std::string model_path = UserPath(options.model);
  MINIDL_RETURN_IF_ERROR(WriteModelFile(model_path, *std::move(model),
                                        AtomicFile::Existing::kRefuse));
  console.note(absl::StrCat("model: ", model_path));
  return absl::OkStatus();
}

}  // namespace minidl
