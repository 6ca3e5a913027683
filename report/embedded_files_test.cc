#include "report/embedded_files.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

absl::string_view ContentsOf(absl::string_view name) {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (file.name == name) return file.contents;
  }
  ADD_FAILURE() << "no file " << name;
  return "";
}

// All that needs care in C++: backslashes, quotation marks, question marks,
// line ends and bytes of UTF-8, which are in these files.
TEST(EmbeddedFilesTest, AreTheFilesByteForByte) {
  for (const auto& [name, path] :
       {std::pair("page.css", "report/template/page.css"),
        std::pair("format.js", "report/template/format.js"),
        std::pair("vega.min.js", "third_party/vega/vega.min.js")}) {
    const auto file = FindRunfile(path);
    ASSERT_THAT(file, IsOk());
    const auto contents = ReadFile(*file);
    ASSERT_THAT(contents, IsOk());
    EXPECT_EQ(ContentsOf(name), *contents) << name;
  }
}

// A file with this in it would end the page's <script> early.
TEST(EmbeddedFilesTest, ScriptsDoNotEndAScript) {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (absl::EndsWith(file.name, ".html")) continue;
    EXPECT_FALSE(
        absl::StrContains(absl::AsciiStrToLower(file.contents), "</script"))
        << file.name;
    EXPECT_FALSE(absl::StrContains(file.contents, "<!--")) << file.name;
  }
}

}  // namespace
}  // namespace minidl
