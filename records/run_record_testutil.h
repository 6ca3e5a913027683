#ifndef MINIDL_RECORDS_RUN_RECORD_TESTUTIL_H_
#define MINIDL_RECORDS_RUN_RECORD_TESTUTIL_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "proto/run_record.pb.h"

namespace minidl {

// A plausible record of the study "test_study", seed 0, whose final network
// gets `test_wrong` of 1,000 test pairs and 2 of 1,000 training pairs wrong and
// does not classify digits. Trained in 1.5 seconds.
proto::RunRecord FinishedRecord(const std::string& architecture, int round,
                                int64_t test_wrong = 165);

// A record of the same study that diverged at epoch 3, step 7: its loss was
// infinite.
proto::RunRecord DivergedRecord(const std::string& architecture, int round);

// A record of the same study that went to its end, stuck at chance: every
// training pair has the same answer, and `test_wrong` of 1,000 test pairs are
// wrong.
proto::RunRecord AtChanceRecord(const std::string& architecture, int round,
                                int64_t test_wrong = 450);

// A record of the same study that was interrupted at epoch 2, step 5.
proto::RunRecord InterruptedRecord(const std::string& architecture, int round);

// Writes a record file in the running test's directory; returns its path.
std::string WriteTestFile(const std::string& name,
                          absl::Span<const proto::RunRecord> records);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RUN_RECORD_TESTUTIL_H_
