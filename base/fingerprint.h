#ifndef MINIDL_BASE_FINGERPRINT_H_
#define MINIDL_BASE_FINGERPRINT_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"

namespace minidl {

// A 64-bit hash of a sequence of bytes, FNV-1a (Fowler, Noll and Vo): tells
// whether two are the same, not who made them. The same on every machine of the
// same byte order.
class Fingerprint {
 public:
  // Appends the bytes of `values`.
  template <typename T>
  void Add(absl::Span<const T> values) {
    static_assert(std::is_arithmetic_v<T>, "structs may have padding");
    const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
    for (size_t i = 0; i < values.size() * sizeof(T); ++i) {
      hash_ = (hash_ ^ bytes[i]) * 0x100000001b3u;
    }
  }

  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace minidl

#endif  // MINIDL_BASE_FINGERPRINT_H_
