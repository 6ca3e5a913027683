#include "experiments/run_round.h"

#include <atomic>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_proto.h"
#include "data/mnist.h"
#include "experiments/round.h"
#include "experiments/study.h"
#include "hwy/targets.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
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

// The study of `options`, as if it had their architecture alone and ended with
// their round.
absl::StatusOr<Study> ReadStudy(const RunRoundOptions& options) {
  if (options.round < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--round is ", options.round, "; expected at least 0"));
  }
  Study study;
  MINIDL_RETURN_IF_ERROR(
      ReadTextProto(options.study_file, &study.message, &study.locations));
  study.message.set_rounds(options.round + 1);
  study.message.clear_architecture_files();
  study.message.add_architecture_files(options.architecture_file);
  MINIDL_ASSIGN_OR_RETURN(proto::Architecture architecture,
                          ReadArchitecture(options.architecture_file));
  study.architectures.push_back(std::move(architecture));
  MINIDL_RETURN_IF_ERROR(study.locations.Locate(ValidateStudy(study)));
  return study;
}

}  // namespace

absl::Status WriteRound(const RunRoundOptions& options,
                        const std::atomic<bool>& cancelled) {
  MINIDL_RETURN_IF_ERROR(CheckProcessor());
  MINIDL_ASSIGN_OR_RETURN(const Study study, ReadStudy(options));
  MINIDL_ASSIGN_OR_RETURN(NewRecordFile file,
                          NewRecordFile::Create(options.output));
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist,
                          LoadMnist(options.mnist_directory));
  MINIDL_ASSIGN_OR_RETURN(const proto::RunRecord record,
                          RunRound(mnist, study.message, study.architectures[0],
                                   options.round, cancelled));
  if (record.status() == proto::RunRecord::INTERRUPTED) {
    return absl::CancelledError(
        absl::StrCat("interrupted; ", options.output, " has not been written"));
  }
  MINIDL_RETURN_IF_ERROR(
      file.Append(SerializeRunRecord(ReproducibleForm(record))));
  return file.Commit();
}

}  // namespace minidl
