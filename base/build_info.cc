#include "base/build_info.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minidl {
namespace {

// The contents of the note that holds the build ID, among the notes of an ELF
// segment; empty if it is not there.
absl::string_view FindBuildId(absl::string_view notes) {
  const auto padded = [](size_t size) { return (size + 3) & ~size_t{3}; };
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes.data(), sizeof(header));
    notes.remove_prefix(sizeof(header));
    const absl::string_view name = notes.substr(0, header.n_namesz);
    notes.remove_prefix(std::min(notes.size(), padded(header.n_namesz)));
    const absl::string_view contents = notes.substr(0, header.n_descsz);
    notes.remove_prefix(std::min(notes.size(), padded(header.n_descsz)));
    if (header.n_type == NT_GNU_BUILD_ID &&
        name == absl::string_view("GNU\0", 4)) {
      return contents;
    }
  }
  return "";
}

}  // namespace

std::string CompilerName() {
#if defined(__clang__)
  return absl::StrCat("clang ", __clang_major__, ".", __clang_minor__, ".",
                      __clang_patchlevel__);
#else
  return absl::StrCat("gcc ", __GNUC__, ".", __GNUC_MINOR__, ".",
                      __GNUC_PATCHLEVEL__);
#endif
}

std::string CompilationMode() { return MINIDL_COMPILATION_MODE; }

std::string BuildId() {
  std::string id;
  dl_iterate_phdr(
      [](dl_phdr_info* object, size_t, void* result) {
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = object->dlpi_phdr[i];
          if (segment.p_type != PT_NOTE) continue;
          const auto* begin = reinterpret_cast<const char*>(object->dlpi_addr +
                                                            segment.p_vaddr);
          const absl::string_view found = FindBuildId({begin, segment.p_memsz});
          if (!found.empty()) {
            *static_cast<std::string*>(result) = absl::BytesToHexString(found);
            break;
          }
        }
        return 1;  // The first object is the program; no others.
      },
      &id);
  return id;
}

std::string CheckoutCommit() {
  if (std::getenv("BUILD_WORKSPACE_DIRECTORY") == nullptr) return "";
  // Not the commit of a repository around the checkout.
  constexpr char kCommand[] =
      "GIT_CEILING_DIRECTORIES=\"${BUILD_WORKSPACE_DIRECTORY%/*}\" "
      "git --no-optional-locks -C \"$BUILD_WORKSPACE_DIRECTORY\" "
      "describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null";
  std::FILE* git = popen(kCommand, "r");
  if (git == nullptr) return "";
  char commit[64] = {};
  const size_t size = std::fread(commit, 1, sizeof(commit), git);
  if (pclose(git) != 0) return "";
  return std::string(
      absl::StripAsciiWhitespace(absl::string_view(commit, size)));
}

}  // namespace minidl
