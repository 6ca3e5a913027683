#ifndef MINIDL_TESTS_FUZZ_FUZZ_FILE_H_
#define MINIDL_TESTS_FUZZ_FUZZ_FILE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace minidl {

// A file in memory, for functions that open one by its path.
class FuzzFile {
 public:
  explicit FuzzFile(absl::string_view contents);
  FuzzFile(const FuzzFile&) = delete;
  FuzzFile& operator=(const FuzzFile&) = delete;
  ~FuzzFile();

  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace minidl

#endif  // MINIDL_TESTS_FUZZ_FUZZ_FILE_H_
