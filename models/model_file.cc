#include "models/model_file.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/build_info.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "proto/model.pb.h"
#include "records/frame.h"

namespace minidl {
namespace {

constexpr char kFormat[] = "minidl model";
constexpr size_t kFramingSize = kFrameHeaderSize + kFrameFooterSize;

absl::StatusOr<std::string> Serialize(const proto::Model& model) {
  const size_t size = model.ByteSizeLong();
  if (size > kMaxPayloadSize) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the model has ", size,
                     " bytes; a model file holds at "
                     "most ",
                     kMaxPayloadSize));
  }
  std::string bytes;
  bytes.reserve(size);
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    model.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// What a file that starts with `bytes` is, as far as that tells, for a user who
// has named the wrong one: ", but a PNG image", or "".
absl::string_view KindOfFile(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "\x89PNG")) return ", but a PNG image";
  if (absl::StartsWith(bytes, "PK\x03\x04")) {
    return ", but a zip archive, such as an .npz file";
  }
  if (absl::StartsWith(bytes, "\x1f\x8b")) return ", but gzip data";
  return "";
}

// The model in the contents of a file; errors follow the file's name.
absl::StatusOr<proto::Model> Parse(absl::string_view bytes) {
  if (bytes.empty()) return absl::DataLossError("is empty; expected a model");
  const std::optional<uint64_t> length =
      bytes.size() < kFrameHeaderSize
          ? std::nullopt
          : PayloadLength(bytes.substr(0, kFrameHeaderSize));
  if (!length.has_value()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "is not a model file", KindOfFile(bytes),
        bytes.size() < kFrameHeaderSize
            ? absl::StrCat(": it has ", bytes.size(), " bytes only")
            : ": the checksum of the length in its first 12 bytes does not "
              "match"));
  }
  if (*length > kMaxPayloadSize) {
    return absl::DataLossError(
        absl::StrCat("is not a model file: its length is ", *length,
                     " bytes, and at most ", kMaxPayloadSize, " are allowed"));
  }
  const size_t payload_size = static_cast<size_t>(*length);
  const size_t size = payload_size + kFramingSize;
  if (bytes.size() < size) {
    return absl::DataLossError(absl::StrCat(
        "is cut short: it has ", bytes.size(), " of ", size, " bytes"));
  }
  const absl::string_view payload =
      bytes.substr(kFrameHeaderSize, payload_size);
  if (!FooterMatches(
          bytes.substr(kFrameHeaderSize + payload_size, kFrameFooterSize),
          payload)) {
    return absl::DataLossError(
        absl::StrCat("is corrupt: the checksum of its ", payload_size,
                     " bytes of contents does not match"));
  }
  proto::Model model;
  const bool parsed =
      model.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  if (model.format() != kFormat) {
    return absl::FailedPreconditionError(
        "is not a model file: it holds a record of another kind");
  }
  if (model.format_version() != kModelFormatVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("has format version ", model.format_version(),
                     "; this program reads version ", kModelFormatVersion));
  }
  if (!parsed) {
    return absl::DataLossError(
        absl::StrCat("is corrupt: its contents are not a ", model.GetTypeName(),
                     " message"));
  }
  if (bytes.size() > size) {
    return absl::DataLossError(absl::StrCat(
        "has ", bytes.size() - size, " bytes after the model; expected none"));
  }
  return model;
}

}  // namespace

absl::Status WriteModelFile(const std::string& path, proto::Model model,
                            AtomicFile::Existing existing) {
  model.set_format(kFormat);
  model.set_format_version(kModelFormatVersion);
  proto::Build& build = *model.mutable_build();
  build.Clear();
  build.set_compiler(CompilerName());
  build.set_compilation_mode(CompilationMode());
  build.set_id(BuildId());
  const absl::StatusOr<std::string> payload = Serialize(model);
  if (!payload.ok()) {
    return absl::Status(payload.status().code(),
                        absl::StrCat(path, ": ", payload.status().message()));
  }
  MINIDL_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path, existing));
  MINIDL_RETURN_IF_ERROR(file.Write(Frame(*payload)));
  return file.Commit();
}

absl::StatusOr<proto::Model> ReadModelFile(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(const std::string bytes,
                          ReadFile(path, kMaxPayloadSize + kFramingSize));
  absl::StatusOr<proto::Model> model = Parse(bytes);
  if (!model.ok()) {
    return absl::Status(model.status().code(),
                        absl::StrCat(path, " ", model.status().message()));
  }
  return model;
}

}  // namespace minidl
