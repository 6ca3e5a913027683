#ifndef MINIDL_RECORDS_UNIQUE_FD_H_
#define MINIDL_RECORDS_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace minidl {

// Owns an open file descriptor, and closes it. Negative stands for none, as
// open() returns when it fails.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int descriptor) : descriptor_(descriptor) {}
  UniqueFd(UniqueFd&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~UniqueFd() {
    if (ok()) close(descriptor_);
  }

  bool ok() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace minidl

#endif  // MINIDL_RECORDS_UNIQUE_FD_H_
