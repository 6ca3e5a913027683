#include "tools/export_model.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "interchange/onnx_export.h"
#include "interchange/safetensors_model.h"
#include "models/model_file.h"
#include "proto/model.pb.h"
#include "statistics/number_format.h"
#include "tools/console.h"

namespace minidl {
namespace {

// A format, and the file that the user wants in it, or "".
struct Target {
  std::string file;
  absl::StatusOr<std::string> (*contents)(const proto::Model& model);
};

}  // namespace

absl::Status ExportModel(const ExportModelOptions& options,
                         const Console& console) {
  const std::vector<Target> targets = {{options.onnx, OnnxFile},
                                       {options.safetensors, SafetensorsFile}};
  if (options.onnx.empty() && options.safetensors.empty()) {
    return absl::InvalidArgumentError(
        "expected --onnx=FILE or --safetensors=FILE, the file to write; see "
        "--help");
  }
  const std::string path = UserPath(options.model);
  MINIDL_ASSIGN_OR_RETURN(const proto::Model model, ReadModelFile(path));
  struct Output {
    std::string path;
    std::string contents;
    AtomicFile file;
  };
  std::vector<Output> outputs;
  for (const Target& target : targets) {
    if (target.file.empty()) continue;
    absl::StatusOr<std::string> contents = target.contents(model);
    if (!contents.ok()) {
      return absl::Status(
          contents.status().code(),
          absl::StrCat(path, ": ", contents.status().message()));
    }
    std::string file_path = UserPath(target.file);
    MINIDL_ASSIGN_OR_RETURN(
        AtomicFile file,
        AtomicFile::Create(file_path, AtomicFile::Existing::kRefuse));
    outputs.push_back(
        {std::move(file_path), *std::move(contents), std::move(file)});
  }
  for (Output& output : outputs) {
    MINIDL_RETURN_IF_ERROR(output.file.Write(output.contents));
  }
  for (Output& output : outputs) {
    MINIDL_RETURN_IF_ERROR(output.file.Commit());
    console.note(
        absl::StrCat(output.path, ": ", FormatBytes(output.contents.size())));
  }
  return absl::OkStatus();
}

}  // namespace minidl
