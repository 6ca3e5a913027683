#ifndef MINIDL_EXPERIMENTS_VARIANT_H_
#define MINIDL_EXPERIMENTS_VARIANT_H_

#include "absl/status/status.h"
#include "proto/study.pb.h"

namespace minidl {

// Makes of `configuration`, that of the architecture in the variant's file
// under the conditions of the study, the variant's. InvalidArgument, with the
// field of the variant, if the variant clears or sets what it cannot:
// "clear[1] is \"training.epoch\"; ...". Whether the result has a meaning,
// ValidateConfiguration tells.
absl::Status ApplyVariant(const proto::Variant& variant,
                          proto::Configuration& configuration);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_VARIANT_H_
