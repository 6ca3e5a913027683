#ifndef MINIDL_TOOLS_RECORD_METRICS_H_
#define MINIDL_TOOLS_RECORD_METRICS_H_

#include <string>
#include <vector>

#include "proto/run_record.pb.h"

namespace minidl {

// A number in a run record. Errors are in percent.
struct Metric {
  std::string name;
  double value;
};

// What the record says of an epoch, as far as it has it: loss,
// comparison_loss, auxiliary_loss; running_train_error and
// running_train_digit_error, as seen while training; test_error and
// test_digit_error, after the epoch.
std::vector<Metric> EpochMetrics(const proto::Epoch& epoch);

// What it says of the round: finished, diverged and at_chance (1 or 0),
// parameters, train_pairs, test_pairs, train_error, test_error,
// train_digit_error, test_digit_error, stopped_epoch, stopped_step,
// stopped_loss, training_seconds. A round at chance has errors too: they are no
// figures of its architecture.
std::vector<Metric> RoundMetrics(const proto::RunRecord& record);

}  // namespace minidl

#endif  // MINIDL_TOOLS_RECORD_METRICS_H_
