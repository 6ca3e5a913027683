#ifndef MINIDL_EXPERIMENTS_ENVIRONMENT_H_
#define MINIDL_EXPERIMENTS_ENVIRONMENT_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"

namespace minidl {

// Where and when the program runs, and how it was built: what is known of an
// Environment before a round begins.
proto::Environment CurrentEnvironment();

// FailedPrecondition, with both builds, if one of `records` is of another build
// of the program than `build`. Builds without an ID cannot be told apart.
absl::Status CheckBuild(absl::Span<const proto::RunRecord> records,
                        const proto::Build& build);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_ENVIRONMENT_H_
