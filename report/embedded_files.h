#ifndef MINIDL_REPORT_EMBEDDED_FILES_H_
#define MINIDL_REPORT_EMBEDDED_FILES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minidl {

// A file that is part of the program, so that the program works wherever it is.
struct EmbeddedFile {
  absl::string_view name;  // Without directories.
  absl::string_view contents;
};

// What pages are made of. BUILD says which files, and embed_files_main.cc
// writes the source.
absl::Span<const EmbeddedFile> EmbeddedFiles();

}  // namespace minidl

#endif  // MINIDL_REPORT_EMBEDDED_FILES_H_
