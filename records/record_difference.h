#ifndef MINIDL_RECORDS_RECORD_DIFFERENCE_H_
#define MINIDL_RECORDS_RECORD_DIFFERENCE_H_

#include <string>

#include "proto/run_record.pb.h"

namespace minidl {

// The reproducible form of `record` without what older records of the same
// round do not have: `test_data_hash`, the name of MNIST, and that it was not
// finite of a loss that was not.
proto::RunRecord ComparableForm(proto::RunRecord record);

// The first field in which two records differ, in the order of run_record.proto
// and wherever they are comparable, with the first record's value and the
// second's: "errors.test.wrong: 165 -> 170", "loss of epoch 3: 0.5 -> 0.25".
// Empty if there is none, to the last bit.
std::string FirstDifference(const proto::RunRecord& first,
                            const proto::RunRecord& second);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RECORD_DIFFERENCE_H_
