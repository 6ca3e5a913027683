#ifndef MINIDL_EXPERIMENTS_CONFIGURATION_H_
#define MINIDL_EXPERIMENTS_CONFIGURATION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// The images of a pair of digits.
inline constexpr PairImages kDigitPairImages = {14, 14, 10};

// What is left of `study` for one of its architectures.
proto::Configuration MakeConfiguration(const proto::Study& study,
                                       const proto::Architecture& architecture);

// What the round that left `record` depended on, beside its number.
proto::Configuration ConfigurationOf(const proto::RunRecord& record);

// Says in `record` what was run: ConfigurationOf gives it again.
void SetConfiguration(const proto::Configuration& configuration,
                      proto::RunRecord& record);

// InvalidArgument "training.epochs is 0; expected at least 1" or
// "architecture.branch[3]: what is wrong" if a round of the configuration has
// no meaning.
absl::Status ValidateConfiguration(const proto::Configuration& configuration);

// The same for all of it but the architecture.
absl::Status ValidateConditions(const proto::Configuration& configuration);

// InvalidArgument "branch[3]: what is wrong" if the architecture makes no
// network with losses.
absl::Status ValidateArchitecture(const proto::Architecture& architecture);

// InvalidArgument "branch[3]: what is wrong" if a layer of the configuration's
// architecture, which is valid itself, cannot be trained on its batches or on
// the shorter one that ends an epoch: BatchNorm on a single value per channel.
absl::Status ValidateBatches(const proto::Configuration& configuration);

// InvalidArgument unless `field` can be called `name`: lower-case letters,
// digits and '_', as names go into tables, flags and file names.
absl::Status CheckName(const std::string& field, const std::string& name);

// Reads and checks the configuration in the file `path`. Mistakes are
// InvalidArgument "FILE:LINE:COLUMN: the field and what is wrong with it".
absl::StatusOr<proto::Configuration> ReadConfiguration(const std::string& path);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_CONFIGURATION_H_
