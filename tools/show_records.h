#ifndef MINIDL_TOOLS_SHOW_RECORDS_H_
#define MINIDL_TOOLS_SHOW_RECORDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Prints every record in protobuf's text format, after a comment that says
// which it is. `files` are as the user wrote them: see RecordFilePaths.
absl::Status ShowRecords(const std::vector<std::string>& files,
                         const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_SHOW_RECORDS_H_
