#ifndef MINIDL_BASE_PROTO_JSON_H_
#define MINIDL_BASE_PROTO_JSON_H_

#include <string>

#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"

namespace minidl {

// `message` as JSON, by protobuf's rules: integers of 64 bits are strings, and
// numbers that are not finite "NaN", "Infinity" and "-Infinity". Fields have
// the names of the .proto file; the rest is as in `options`.
std::string ProtoJson(const google::protobuf::Message& message,
                      google::protobuf::util::JsonPrintOptions options = {});

}  // namespace minidl

#endif  // MINIDL_BASE_PROTO_JSON_H_
