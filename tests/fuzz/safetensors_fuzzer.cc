// safetensors files: of one that a model can be made of, the model gives a file
// that gives the same model.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "interchange/safetensors_model.h"
#include "proto/model.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<minidl::proto::Model> model =
      minidl::ImportSafetensors(bytes, {});
  if (!model.ok()) return 0;
  const absl::StatusOr<std::string> written = minidl::SafetensorsFile(*model);
  MINIDL_CHECK(written.ok(), written.status().ToString());
  const absl::StatusOr<minidl::proto::Model> again =
      minidl::ImportSafetensors(*written, {});
  MINIDL_CHECK(again.ok(), again.status().ToString());
  MINIDL_CHECK(*minidl::SafetensorsFile(*again) == *written, "another model");
  return 0;
}
