#include "base/proto_json.h"

#include <string>

#include "base/check.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"

namespace minidl {

std::string ProtoJson(const google::protobuf::Message& message,
                      google::protobuf::util::JsonPrintOptions options) {
  options.preserve_proto_field_names = true;
  std::string json;
  const google::protobuf::util::Status status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  MINIDL_CHECK(status.ok(), status.ToString());
  return json;
}

}  // namespace minidl
