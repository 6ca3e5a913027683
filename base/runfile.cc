#include "base/runfile.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tools/cpp/runfiles/runfiles.h"

namespace minidl {

using ::bazel::tools::cpp::runfiles::Runfiles;

absl::StatusOr<std::string> FindRunfile(const std::string& file) {
  std::error_code ignored;
  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  std::string error;
  const std::unique_ptr<Runfiles> runfiles(Runfiles::Create(program, &error));
  if (runfiles == nullptr) {
    return absl::NotFoundError(
        absl::StrCat(file, ": the program's runfiles were not found: ", error));
  }
  absl::string_view external = file;
  const std::string path = runfiles->Rlocation(
      absl::ConsumePrefix(&external, "../") ? std::string(external)
                                            : absl::StrCat("minidl/", file));
  if (path.empty() || !std::filesystem::exists(path)) {
    return absl::NotFoundError(
        absl::StrCat(file, " is not among the program's runfiles"));
  }
  return path;
}

}  // namespace minidl
