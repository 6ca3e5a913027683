#include "records/run_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "proto/run_record.pb.h"

namespace minidl {
namespace {

std::string Stop(const proto::RunRecord& record) {
  return absl::StrCat(" in epoch ", record.stopped_epoch(), ", step ",
                      record.stopped_step());
}

}  // namespace

std::string DescribeStatus(const proto::RunRecord& record) {
  switch (record.status()) {
    case proto::RunRecord::FINISHED:
      return "finished";
    case proto::RunRecord::DIVERGED:
      if (IsAtChance(record)) return "diverged: stuck at chance";
      return absl::StrCat("diverged", Stop(record), ": not finite");
    case proto::RunRecord::INTERRUPTED:
      return absl::StrCat("interrupted", Stop(record));
    default:
      return absl::StrCat("unknown (", static_cast<int>(record.status()), ")");
  }
}

bool IsAtChance(const proto::RunRecord& record) {
  return record.status() == proto::RunRecord::DIVERGED &&
         record.divergence() == proto::RunRecord::AT_CHANCE;
}

}  // namespace minidl
