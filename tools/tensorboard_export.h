#ifndef MINIDL_TOOLS_TENSORBOARD_EXPORT_H_
#define MINIDL_TOOLS_TENSORBOARD_EXPORT_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

// Writes the runs of the files at `paths`, each once (see distinct_runs.h), for
// TensorBoard: into the new directory `output`, in
// STUDY/seed_SEED/ARCHITECTURE/round_ROUND an event file with the scalars
// epoch/METRIC at the steps 1, 2, ... and round/METRIC at the last one; see
// record_metrics.h for the metrics.
//
// The directory appears when it is complete. AlreadyExists if there is
// something at its place; InvalidArgument if `output` is empty or "-";
// FailedPrecondition if the names in a record cannot be those of directories;
// Cancelled if `cancelled` becomes true.
absl::Status ExportTensorBoard(const std::vector<std::string>& paths,
                               const std::string& output,
                               const std::atomic<bool>& cancelled,
                               const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_TENSORBOARD_EXPORT_H_
