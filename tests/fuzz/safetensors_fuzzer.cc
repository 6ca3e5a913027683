// Files of tensors that are imported as models: the first byte says whether the
// rest is one as it is, or a header, whose length is put before it, and data. A
// model that comes out makes a network, and a file that gives it again.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "interchange/safetensors_model.h"
#include "models/network_state.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

std::string FileOf(minidl::FuzzInput input) {
  if (input.TakeByte() % 2 == 0) return std::string(input.rest());
  const absl::string_view header = input.TakeSized();
  std::string file;
  for (int i = 0; i < 8; ++i) {
    file.push_back(static_cast<char>(header.size() >> (8 * i) & 0xff));
  }
  file.append(header.data(), header.size());
  file.append(input.rest().data(), input.rest().size());
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::StatusOr<minidl::proto::Model> model = minidl::ImportSafetensors(
      FileOf(minidl::FuzzInput(data, size)), /*options=*/{});
  if (!model.ok()) return 0;
  minidl::Generator dropout(0);
  const absl::Status loaded =
      minidl::LoadPairEnsemble(*model, dropout).status();
  MINIDL_CHECK(loaded.ok(), loaded.ToString());
  const absl::StatusOr<std::string> file = minidl::SafetensorsFile(*model);
  MINIDL_CHECK(file.ok(), file.status().ToString());
  const absl::StatusOr<minidl::proto::Model> again =
      minidl::ImportSafetensors(*file, /*options=*/{});
  MINIDL_CHECK(again.ok(), again.status().ToString());
  MINIDL_CHECK(again->parameters_size() == model->parameters_size(),
               again->parameters_size(), " parameters");
  return 0;
}
