#ifndef MINIDL_TESTS_FUZZ_FUZZ_INPUT_H_
#define MINIDL_TESTS_FUZZ_FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace minidl {

// Takes an input apart, so that some of it decides what is done with the rest.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }

  // The next byte; 0 at the end.
  uint8_t TakeByte() {
    const absl::string_view byte = Take(1);
    return byte.empty() ? uint8_t{0} : static_cast<uint8_t>(byte[0]);
  }

  // The next `size` bytes, or as many as there are.
  absl::string_view Take(size_t size) {
    const absl::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  // The next bytes: as many as the two before them say.
  absl::string_view TakeSized() {
    const size_t low = TakeByte();
    return Take(low | size_t{TakeByte()} << 8);
  }

  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

}  // namespace minidl

#endif  // MINIDL_TESTS_FUZZ_FUZZ_INPUT_H_
