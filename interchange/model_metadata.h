#ifndef MINIDL_INTERCHANGE_MODEL_METADATA_H_
#define MINIDL_INTERCHANGE_MODEL_METADATA_H_

#include <map>
#include <string>

#include "proto/model.pb.h"

namespace minidl {

// What a file of another format says of `model` beside its network: texts by
// their keys, which docs/MODELS.md lists. Messages are JSON by protobuf's rules
// with the names of the .proto files, numbers have all their digits.
std::map<std::string, std::string> ModelMetadata(const proto::Model& model);

}  // namespace minidl

#endif  // MINIDL_INTERCHANGE_MODEL_METADATA_H_
