#include "tests/fuzz/fuzz_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/file.h"

namespace minidl {

FuzzFile::FuzzFile(absl::string_view contents)
    : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)),
      path_(absl::StrCat("/proc/self/fd/", descriptor_)) {
  MINIDL_CHECK(
      descriptor_ >= 0 && WriteFully(descriptor_, contents, path_).ok(),
      "no file of ", contents.size(), " bytes");
}

FuzzFile::~FuzzFile() { close(descriptor_); }

}  // namespace minidl
