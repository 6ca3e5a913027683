#ifndef MINIDL_TOOLS_VERIFY_RECORDS_H_
#define MINIDL_TOOLS_VERIFY_RECORDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Reads every record of the files and prints, for each file, what is wrong,
// with the record and its first byte, and how much is good: a torn tail,
// corruption (and where the next good record begins), and what is not a run
// record. DataLoss if anything is wrong, or a file cannot be read.
absl::Status VerifyRecords(const std::vector<std::string>& files,
                           const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_VERIFY_RECORDS_H_
