#ifndef MINIDL_TOOLS_REPAIR_RECORDS_H_
#define MINIDL_TOOLS_REPAIR_RECORDS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Writes every good record of a file, byte by byte as it is, to the new file
// `output`, and warns of what lies between: corrupt or torn records. What is in
// the records does not matter. InvalidArgument unless there is one file and an
// output; AlreadyExists if there is a file `output`; Cancelled, and no output,
// if `cancelled` becomes true.
absl::Status RepairRecords(const std::vector<std::string>& files,
                           const std::string& output,
                           const std::atomic<bool>& cancelled,
                           const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_REPAIR_RECORDS_H_
