#ifndef MINIDL_BASE_TEXT_PROTO_H_
#define MINIDL_BASE_TEXT_PROTO_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace minidl {

// Where the fields of a message stand in the text that it was read from, so
// that mistakes found later can be reported like the parser's own:
//
//   TextProtoLocations locations;
//   MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &training, &locations));
//   MINIDL_RETURN_IF_ERROR(locations.Locate(ValidateTraining(training)));
//
// What finds the mistake knows of no file. It starts its message with the path
// of the field, as in "sgd.momentum is 1; expected less than 1" or "branch[3]:
// ...", and hands it on as it is.
class TextProtoLocations {
 public:
  // Of nothing, until a message is read.
  TextProtoLocations() = default;

  // OK, or `status` with "FILE:LINE:COLUMN: " before its message: the place of
  // the field that the message starts with, of the last one if it is repeated
  // and has no index, or if it is not in the text, of the message around it,
  // which for fields of the outermost message is 1:1.
  absl::Status Locate(const absl::Status& status) const;

  // Whether the text gives the field of this path, be it with its default.
  bool Contains(absl::string_view path) const;

 private:
  // Where the field is that `text` starts with, or as much of its path as the
  // text has.
  struct Place {
    int line = 0;
    int column = 0;
    bool complete = false;  // The text has all of it.
  };
  Place Find(absl::string_view text) const;

  friend absl::Status ParseTextProto(absl::string_view text,
                                     const std::string& file,
                                     google::protobuf::Message* message,
                                     TextProtoLocations* locations);

  std::string file_;
  const google::protobuf::Descriptor* descriptor_ = nullptr;
  std::unique_ptr<google::protobuf::TextFormat::ParseInfoTree> tree_;
};

// Parses `text` in protobuf's text format into `message`, and writes to
// `locations`, unless it is null, where the fields are. InvalidArgument
// "FILE:LINE:COLUMN: what is wrong" for the first mistake; `file` is for that
// message only.
absl::Status ParseTextProto(absl::string_view text, const std::string& file,
                            google::protobuf::Message* message,
                            TextProtoLocations* locations = nullptr);

// Reads and parses the file at `path`.
absl::Status ReadTextProto(const std::string& path,
                           google::protobuf::Message* message,
                           TextProtoLocations* locations = nullptr);

}  // namespace minidl

#endif  // MINIDL_BASE_TEXT_PROTO_H_
