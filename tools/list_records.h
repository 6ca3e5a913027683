#ifndef MINIDL_TOOLS_LIST_RECORDS_H_
#define MINIDL_TOOLS_LIST_RECORDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Prints a table of one line a record, of any number of records in little
// memory. `files` are as the user wrote them: see RecordFilePaths.
absl::Status ListRecords(const std::vector<std::string>& files,
                         const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_LIST_RECORDS_H_
