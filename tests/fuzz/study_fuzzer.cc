// Studies in text format, whose architectures are in files beside them: one
// that is accepted has a configuration for every architecture and variant, each
// of which is accepted by itself.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/file.h"
#include "experiments/configuration.h"
#include "experiments/study.h"
#include "google/protobuf/text_format.h"
#include "proto/study.pb.h"
#include "tests/fuzz/fuzz_input.h"

namespace minidl {
namespace {

constexpr char kSmall[] = R"(
  name: "small"
  branches: SHARED
  branch { flatten {} }
  branch { linear { out_features: 10 } }
  branch { batch_norm1d {} }
  head { linear { out_features: 2 } }
)";

// With the architectures "a" and "b"; removed in the end.
class StudyDirectory {
 public:
  StudyDirectory() {
    // TMPDIR=/dev/shm, where that is in memory, saves much time.
    std::string path =
        std::filesystem::temp_directory_path() / "study_fuzzer.XXXXXX";
    MINIDL_CHECK(mkdtemp(path.data()) != nullptr, path);
    path_ = path;
    MINIDL_CHECK(WriteFile(path_ + "/a", kSmall).ok(), path_);
    MINIDL_CHECK(
        WriteFile(path_ + "/b", absl::StrCat(kSmall, "networks: 2\n",
                                             "auxiliary_loss_weight: 1\n"))
            .ok(),
        path_);
  }
  ~StudyDirectory() { std::filesystem::remove_all(path_); }

  std::string Write(absl::string_view text) const {
    const std::string path = path_ + "/study";
    // Not by WriteFile, which waits for the disk.
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

 private:
  std::string path_;
};

}  // namespace
}  // namespace minidl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const minidl::StudyDirectory directory;
  const std::string path =
      directory.Write(minidl::FuzzInput(data, size).rest());
  // The same text where programs read a configuration.
  (void)minidl::ReadConfiguration(path);
  const absl::StatusOr<minidl::Study> study = minidl::LoadStudy(path);
  if (!study.ok()) return 0;
  MINIDL_CHECK(static_cast<int>(study->configurations.size()) ==
                   study->message.architecture_files_size() +
                       study->message.variants_size(),
               study->configurations.size());
  for (const minidl::proto::Configuration& configuration :
       study->configurations) {
    std::string text;
    google::protobuf::TextFormat::PrintToString(configuration, &text);
    const absl::Status read =
        minidl::ReadConfiguration(directory.Write(text)).status();
    MINIDL_CHECK(read.ok(), read.ToString());
  }
  return 0;
}
