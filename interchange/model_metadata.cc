#include "interchange/model_metadata.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/proto_json.h"
#include "proto/model.pb.h"

namespace minidl {

std::map<std::string, std::string> ModelMetadata(const proto::Model& model) {
  std::map<std::string, std::string> metadata = {
      {"architecture_name", model.architecture().name()},
      {"architecture", ProtoJson(model.architecture())},
      {"height", absl::StrCat(model.height())},
      {"width", absl::StrCat(model.width())},
      {"num_classes", absl::StrCat(model.num_classes())},
  };
  if (model.has_input_normalization()) {
    const proto::InputNormalization& done = model.input_normalization();
    metadata["input_mean"] = absl::StrFormat("%.17g", done.mean());
    metadata["input_deviation"] = absl::StrFormat("%.17g", done.deviation());
  }
  if (model.has_provenance()) {
    metadata["provenance"] = ProtoJson(model.provenance());
  }
  if (model.has_build()) metadata["build"] = ProtoJson(model.build());
  return metadata;
}

}  // namespace minidl
