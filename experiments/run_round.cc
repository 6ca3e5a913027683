#include "experiments/run_round.h"

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "data/data_set_directory.h"
#include "data/mnist.h"
#include "experiments/configuration.h"
#include "experiments/round.h"
#include "hwy/targets.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "records/new_record_file.h"
#include "records/run_records.h"

namespace minidl {
namespace {

// A record that a cache hands to other machines must be the one that they would
// have made.
absl::Status CheckProcessor() {
  if ((hwy::SupportedTargets() & HWY_AVX2) != 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "this processor has no fused multiply-adds (AVX2), without which the "
      "record would differ from that of other machines");
}

}  // namespace

absl::Status WriteRound(const RunRoundOptions& options,
                        const std::atomic<bool>& cancelled) {
  MINIDL_RETURN_IF_ERROR(CheckProcessor());
  if (options.round < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--round is ", options.round, "; expected at least 0"));
  }
  MINIDL_ASSIGN_OR_RETURN(const proto::Configuration configuration,
                          ReadConfiguration(options.configuration_file));
  MINIDL_ASSIGN_OR_RETURN(NewRecordFile file,
                          NewRecordFile::Create(options.output));
  MINIDL_ASSIGN_OR_RETURN(
      const std::string directory,
      DataSetDirectory(configuration.data_set(), options.mnist_dir));
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadMnist(directory));
  MINIDL_ASSIGN_OR_RETURN(
      const proto::RunRecord record,
      RunRound(mnist, configuration, options.round, cancelled));
  if (record.status() == proto::RunRecord::INTERRUPTED) {
    return absl::CancelledError(
        absl::StrCat("interrupted; ", options.output, " has not been written"));
  }
  MINIDL_RETURN_IF_ERROR(
      file.Append(SerializeRunRecord(ReproducibleForm(record))));
  return file.Commit();
}

}  // namespace minidl
