#include "base/text_proto.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace minidl {
namespace {

// Of text that people write, 16 MiB are more than enough. Parsing takes stack
// for every message within messages.
constexpr size_t kMaxTextSize = size_t{16} << 20;
constexpr int kMaxDepth = 100;

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::TextFormat;

// "FILE:LINE:COLUMN: "; `line` and `column` start at 0.
std::string FormatPlace(const std::string& file, int line, int column) {
  return absl::StrCat(file, ":", line + 1, ":", column + 1, ": ");
}

// Keeps the first error: the ones after it are often its consequences.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(const std::string& file) : file_(file) {}

  void AddError(int line, int column, const std::string& message) override {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(FormatPlace(file_, line, column), message));
  }

  const absl::Status& status() const { return status_; }

 private:
  const std::string file_;
  absl::Status status_;
};

// One step of a path: "branch[3]".
struct PathStep {
  std::string name;  // Empty at the path's end.
  std::optional<int> index;
};

// Takes the next step off the start of `text`, and the dot behind it.
PathStep ConsumeStep(absl::string_view* text) {
  PathStep step;
  while (!text->empty() &&
         (absl::ascii_isalnum(text->front()) || text->front() == '_')) {
    step.name += text->front();
    text->remove_prefix(1);
  }
  const size_t bracket = text->find(']');
  int index;
  if (absl::StartsWith(*text, "[") && bracket != absl::string_view::npos &&
      absl::SimpleAtoi(text->substr(1, bracket - 1), &index) && index >= 0) {
    step.index = index;
    text->remove_prefix(bracket + 1);
  }
  if (!absl::ConsumePrefix(text, ".")) *text = {};
  return step;
}

// Of the value of `field` at `index`, or the last one before it that has a
// location: values in one list, [a, b], have that of the list.
TextFormat::ParseLocation FindLocation(const TextFormat::ParseInfoTree& tree,
                                       const FieldDescriptor* field,
                                       int index) {
  if (!field->is_repeated()) return tree.GetLocation(field, -1);
  TextFormat::ParseLocation last;
  for (int i = 0; i <= index; ++i) {
    const TextFormat::ParseLocation location = tree.GetLocation(field, i);
    if (location.line < 0) break;
    last = location;
  }
  return last;
}

}  // namespace

TextProtoLocations::Place TextProtoLocations::Find(
    absl::string_view text) const {
  Place best;
  const TextFormat::ParseInfoTree* tree = tree_.get();
  const Descriptor* descriptor = descriptor_;
  while (tree != nullptr && descriptor != nullptr) {
    const PathStep step = ConsumeStep(&text);
    const FieldDescriptor* field = descriptor->FindFieldByName(step.name);
    if (field == nullptr) break;
    const TextFormat::ParseLocation location = FindLocation(
        *tree, field, step.index.value_or(std::numeric_limits<int>::max()));
    if (location.line < 0) break;
    best = {location.line, location.column, text.empty()};
    descriptor = field->message_type();
    if (descriptor == nullptr || (field->is_repeated() && !step.index)) break;
    tree = tree->GetTreeForNested(field, step.index.value_or(-1));
  }
  return best;
}

absl::Status TextProtoLocations::Locate(const absl::Status& status) const {
  if (status.ok() || tree_ == nullptr) return status;
  const Place place = Find(status.message());
  return absl::Status(status.code(),
                      absl::StrCat(FormatPlace(file_, place.line, place.column),
                                   status.message()));
}

bool TextProtoLocations::Contains(absl::string_view path) const {
  return Find(path).complete;
}

absl::Status ParseTextProto(absl::string_view text, const std::string& file,
                            google::protobuf::Message* message,
                            TextProtoLocations* locations) {
  FirstError error(file);
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(kMaxDepth);
  if (locations != nullptr) {
    locations->file_ = file;
    locations->descriptor_ = message->GetDescriptor();
    locations->tree_ = std::make_unique<TextFormat::ParseInfoTree>();
    parser.WriteLocationsTo(locations->tree_.get());
  }
  google::protobuf::io::ArrayInputStream stream(text.data(),
                                                static_cast<int>(text.size()));
  if (parser.Parse(&stream, message)) return absl::OkStatus();
  if (!error.status().ok()) return error.status();
  return absl::InvalidArgumentError(absl::StrCat(
      file, ": not a ", message->GetTypeName(), " in protobuf's text format"));
}

absl::Status ReadTextProto(const std::string& path,
                           google::protobuf::Message* message,
                           TextProtoLocations* locations) {
  MINIDL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxTextSize));
  return ParseTextProto(text, path, message, locations);
}

}  // namespace minidl
