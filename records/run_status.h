#ifndef MINIDL_RECORDS_RUN_STATUS_H_
#define MINIDL_RECORDS_RUN_STATUS_H_

#include <string>

#include "proto/run_record.pb.h"

namespace minidl {

// What became of a round, as every program tells it: "finished", "diverged in
// epoch 3, step 7: not finite", "diverged: stuck at chance", "interrupted in
// epoch 2, step 5", or "unknown (7)".
std::string DescribeStatus(const proto::RunRecord& record);

// Whether the round went to its end, but its network answers by chance. Such a
// record has errors, which are no figures of its architecture.
bool IsAtChance(const proto::RunRecord& record);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RUN_STATUS_H_
