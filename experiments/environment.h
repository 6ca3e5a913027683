#ifndef MINIDL_EXPERIMENTS_ENVIRONMENT_H_
#define MINIDL_EXPERIMENTS_ENVIRONMENT_H_

#include "proto/run_record.pb.h"

namespace minidl {

// Where and when the program runs, and how it was built: what is known of an
// Environment before a round begins.
proto::Environment CurrentEnvironment();

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_ENVIRONMENT_H_
