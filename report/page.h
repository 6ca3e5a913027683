#ifndef MINIDL_REPORT_PAGE_H_
#define MINIDL_REPORT_PAGE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "report/disk_page.pb.h"
#include "report/page_data.pb.h"

namespace minidl {

// The page that shows `data`: one HTML file that needs no other, nor a network.
// Names and sentences in it are text, whatever they contain.
std::string PageHtml(const proto::PageData& data);
std::string PageHtml(const proto::DiskPage& data);

// AlreadyExists if there is a file at `path` that WritePage would not replace:
// one that has contents, and is no page. What is not a regular file can be
// written to.
absl::Status CheckPageCanBeAt(const std::string& path);

// Makes the file at `path` the page of `data`, entirely or not at all (see
// WriteFile), after CheckPageCanBeAt.
absl::Status WritePage(const std::string& path, const proto::PageData& data);
absl::Status WritePage(const std::string& path, const proto::DiskPage& data);

}  // namespace minidl

#endif  // MINIDL_REPORT_PAGE_H_
