#ifndef MINIDL_TOOLS_MERGE_RECORDS_H_
#define MINIDL_TOOLS_MERGE_RECORDS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Writes the run records of all files to the new file `output`, each run once:
//  - a record that is there already, but for its environment, is left out;
//  - one with other contents is an error, FailedPrecondition;
//  - one of an interruption gives way to any other of its run. What remains of
//    those comes last.
// Of each record the fields `without` are left out, which keeps files small:
// "environment", "epochs", "mistakes". A torn tail is left out, with a warning;
// corruption is an error. InvalidArgument for other fields, and without files
// or output; AlreadyExists if there is a file
// `output`; Cancelled if `cancelled` becomes true. No error leaves an output.
absl::Status MergeRecords(const std::vector<std::string>& files,
                          const std::vector<std::string>& without,
                          const std::string& output,
                          const std::atomic<bool>& cancelled,
                          const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_MERGE_RECORDS_H_
