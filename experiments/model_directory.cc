#include "experiments/model_directory.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/file.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "models/model_file.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"

namespace minidl {

std::string ModelPath(const std::string& directory,
                      const std::string& architecture, int round) {
  return absl::StrCat(directory, "/", architecture, "-", round, ".model");
}

ModelDirectory::ModelDirectory(std::string path, bool resume)
    : path_(std::move(path)), resume_(resume) {}

absl::Status ModelDirectory::Prepare(const Study& study,
                                     absl::Span<const Task> tasks) {
  if (path_.empty()) return absl::OkStatus();
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) {
    made_ = std::filesystem::create_directory(path_, error);
    if (error) return FileError(path_, "cannot make", error.value());
  }
  if (!std::filesystem::is_directory(path_, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " is not a directory; expected one for models"));
  }
  if (access(path_.c_str(), W_OK | X_OK) != 0) {
    return FileError(path_, "cannot write into it");
  }
  if (resume_) return absl::OkStatus();
  for (const Task& task : tasks) {
    const std::string path =
        ModelPath(path_,
                  study.configurations[static_cast<size_t>(task.configuration)]
                      .architecture()
                      .name(),
                  task.round);
    if (std::filesystem::exists(path, error)) {
      return absl::AlreadyExistsError(absl::StrCat(
          path,
          " exists; name another --models, or add --resume to run what "
          "the --output file lacks"));
    }
  }
  return absl::OkStatus();
}

int ModelDirectory::CountMissing(
    absl::Span<const proto::RunRecord> records) const {
  if (path_.empty()) return 0;
  return static_cast<int>(std::count_if(
      records.begin(), records.end(), [this](const proto::RunRecord& record) {
        std::error_code error;
        return record.status() == proto::RunRecord::FINISHED &&
               !std::filesystem::exists(
                   ModelPath(path_, record.architecture().name(),
                             record.round()),
                   error);
      }));
}

absl::Status ModelDirectory::Write(const proto::Model& model) const {
  return WriteModelFile(
      ModelPath(path_, model.architecture().name(), model.provenance().round()),
      model,
      resume_ ? AtomicFile::Existing::kReplace : AtomicFile::Existing::kRefuse);
}

void ModelDirectory::RemoveIfMadeAndEmpty() const {
  std::error_code error;
  if (made_) std::filesystem::remove(path_, error);
}

}  // namespace minidl
