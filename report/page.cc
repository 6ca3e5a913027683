#include "report/page.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/proto_json.h"
#include "base/status_macros.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "report/disk_page.pb.h"
#include "report/embedded_files.h"
#include "report/page_data.pb.h"

namespace minidl {
namespace {

// `data` as JSON that may stand in a <script>: protobuf writes '<' and '>', and
// the separators of lines that JavaScript has but JSON has not, as \uXXXX.
std::string PageJson(const google::protobuf::Message& data) {
  // As StatisticsJson, but on one line.
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  return ProtoJson(data, options);
}

// What tells that a file is a page of ours, and within how many bytes.
constexpr absl::string_view kGenerator =
    "<meta name=\"generator\" content=\"minidl\">";
constexpr size_t kStartSize = 256;

// The file `name` of the template, such as page.html: it has "{{page.css}}"
// where that file goes, and "{{data}}". Nothing is replaced in what has been
// put in.
std::string FillTemplate(absl::string_view name,
                         const google::protobuf::Message& data) {
  absl::string_view page;
  const std::string json = PageJson(data);
  std::vector<std::pair<std::string, absl::string_view>> replacements = {
      {"{{data}}", json}};
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (file.name == name) {
      page = file.contents;
    } else {
      replacements.emplace_back(absl::StrCat("{{", file.name, "}}"),
                                file.contents);
    }
  }
  return absl::StrReplaceAll(page, replacements);
}

absl::Status WriteHtml(const std::string& path, const std::string& html) {
  MINIDL_RETURN_IF_ERROR(CheckPageCanBeAt(path));
  return WriteFile(path, html);
}

}  // namespace

std::string PageHtml(const proto::PageData& data) {
  return FillTemplate("page.html", data);
}

std::string PageHtml(const proto::DiskPage& data) {
  return FillTemplate("disk.html", data);
}

absl::Status CheckPageCanBeAt(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) == 0) {
    return absl::OkStatus();
  }
  // Of a page, not yet what comes from records.
  std::string start(kStartSize, '\0');
  std::ifstream(path, std::ios::binary).read(start.data(), kStartSize);
  if (absl::StrContains(start, kGenerator)) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      path, " exists and is not a page that this program has written"));
}

absl::Status WritePage(const std::string& path, const proto::PageData& data) {
  return WriteHtml(path, PageHtml(data));
}

absl::Status WritePage(const std::string& path, const proto::DiskPage& data) {
  return WriteHtml(path, PageHtml(data));
}

}  // namespace minidl
