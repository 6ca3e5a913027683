// What `predict` takes as pairs of digits: an IDX file with labels, a NumPy
// archive or images, which the contents tell.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "tensor/shape.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_input.h"
#include "tools/console.h"
#include "tools/pair_inputs.h"

namespace {

const minidl::Console kConsole = {
    [](absl::string_view) { return absl::OkStatus(); },
    [](absl::string_view) {},
    [](absl::string_view) {},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  const uint8_t choice = input.TakeByte();
  const minidl::FuzzFile first(input.TakeSized());
  const minidl::FuzzFile labels(input.TakeSized());
  const minidl::FuzzFile second(input.rest());
  minidl::PairInputOptions options;
  options.files = {first.path()};
  options.invert = (choice & 1) != 0;
  if ((choice & 2) != 0) options.labels = labels.path();
  if ((choice & 4) != 0) options.files.push_back(second.path());
  if ((choice & 8) != 0) options.second = second.path();
  if ((choice & 16) != 0) options.second_labels = labels.path();
  if ((choice & 32) != 0) options.array = "x";
  const absl::StatusOr<minidl::PairInputs> inputs =
      minidl::ReadPairInputs(options, kConsole);
  if (!inputs.ok()) return 0;
  const int64_t count = inputs->pairs.shape()[0];
  MINIDL_CHECK(inputs->pairs.shape() == (minidl::Shape{count, 2, 14, 14}),
               inputs->pairs.shape().ToString());
  MINIDL_CHECK(!inputs->classes.has_value() ||
                   inputs->classes->shape() == (minidl::Shape{count, 2}),
               "the digits");
  MINIDL_CHECK(!inputs->targets.has_value() ||
                   inputs->targets->shape() == minidl::Shape{count},
               "the targets");
  return 0;
}
