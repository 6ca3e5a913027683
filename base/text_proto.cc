#include "base/text_proto.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace minidl {
namespace {

// Keeps the first error: the ones after it are often its consequences.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(const std::string& file) : file_(file) {}

  // `line` and `column` start at 0.
  void AddError(int line, int column, const std::string& message) override {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(file_, ":", line + 1, ":", column + 1, ": ", message));
  }

  const absl::Status& status() const { return status_; }

 private:
  const std::string file_;
  absl::Status status_;
};

}  // namespace

absl::Status ParseTextProto(absl::string_view text, const std::string& file,
                            google::protobuf::Message* message) {
  FirstError error(file);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  google::protobuf::io::ArrayInputStream stream(text.data(),
                                                static_cast<int>(text.size()));
  if (parser.Parse(&stream, message)) return absl::OkStatus();
  if (!error.status().ok()) return error.status();
  return absl::InvalidArgumentError(absl::StrCat(
      file, ": not a ", message->GetTypeName(), " in protobuf's text format"));
}

absl::Status ReadTextProto(const std::string& path,
                           google::protobuf::Message* message) {
  MINIDL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseTextProto(text, path, message);
}

}  // namespace minidl
