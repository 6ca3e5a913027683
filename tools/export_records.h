#ifndef MINIDL_TOOLS_EXPORT_RECORDS_H_
#define MINIDL_TOOLS_EXPORT_RECORDS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Writes the run records of all files in another format:
//  - "csv": a line for each number, with the columns study, data_set, seed,
//    architecture, round, epoch, metric and value; see record_metrics.h for the
//    metrics. `epoch` is empty for those of the round. NaN and infinity are
//    "NaN", "Inf" and "-Inf".
//  - "jsonl": a line for each record, in protobuf's JSON with the field names
//    of run_record.proto. NaN and infinity are "NaN", "Infinity", "-Infinity".
//  - "tensorboard": a directory with one for each run, in it an event file; see
//    tensorboard_export.h.
// The new file or directory `output` appears when it is complete; "-" or empty
// means standard output, for directories InvalidArgument. A torn tail is left
// out, with a warning; corruption is an error. Cancelled if `cancelled` becomes
// true.
absl::Status ExportRecords(const std::vector<std::string>& files,
                           const std::string& format, const std::string& output,
                           const std::atomic<bool>& cancelled,
                           const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_EXPORT_RECORDS_H_
