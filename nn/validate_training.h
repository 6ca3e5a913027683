#ifndef MINIDL_NN_VALIDATE_TRAINING_H_
#define MINIDL_NN_VALIDATE_TRAINING_H_

#include "absl/status/status.h"
#include "proto/study.pb.h"

namespace minidl {

// InvalidArgument if a field has no meaning, with the field's name as in a
// study: "training.sgd.momentum is 1; expected at least 0 and less than 1".
absl::Status ValidateTraining(const proto::Training& training);

}  // namespace minidl

#endif  // MINIDL_NN_VALIDATE_TRAINING_H_
