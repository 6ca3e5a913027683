#ifndef MINIDL_BASE_TEXT_PROTO_H_
#define MINIDL_BASE_TEXT_PROTO_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace minidl {

// Parses `text` in protobuf's text format into `message`. InvalidArgument
// "FILE:LINE:COLUMN: what is wrong" for the first mistake; `file` is for that
// message only.
absl::Status ParseTextProto(absl::string_view text, const std::string& file,
                            google::protobuf::Message* message);

// Reads and parses the file at `path`.
absl::Status ReadTextProto(const std::string& path,
                           google::protobuf::Message* message);

}  // namespace minidl

#endif  // MINIDL_BASE_TEXT_PROTO_H_
