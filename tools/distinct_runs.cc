#include "tools/distinct_runs.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/fingerprint.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "records/record_difference.h"
#include "records/run_records.h"
#include "tools/record_files.h"

namespace minidl {
namespace {

// Study, seed, architecture and round.
using Run = std::tuple<std::string, uint64_t, std::string, int32_t>;

Run RunOf(const proto::RunRecord& record) {
  return {record.study_name(), record.study_seed(),
          record.architecture().name(), record.round()};
}

// The first record of a run.
struct Seen {
  uint64_t fingerprint;  // Of its comparable form.
  std::string place;
};

uint64_t FingerprintOf(const proto::RunRecord& record) {
  const std::string bytes = SerializeRunRecord(ComparableForm(record));
  Fingerprint fingerprint;
  fingerprint.Add(absl::MakeConstSpan(bytes));
  return fingerprint.value();
}

absl::Status Contradiction(const proto::RunRecord& record,
                           absl::string_view first, absl::string_view second) {
  return absl::FailedPreconditionError(
      absl::StrCat(second, " and ", first, " are both round ", record.round(),
                   " of ", record.architecture().name(), " in study ",
                   record.study_name(), " with seed ", record.study_seed(),
                   ", and have different contents; leave one of them out"));
}

}  // namespace

absl::StatusOr<int64_t> ForEachDistinctRun(
    absl::Span<const std::string> paths,
    absl::FunctionRef<absl::Status(const proto::RunRecord& record)> visit,
    absl::FunctionRef<void(absl::string_view message)> warn) {
  std::map<Run, Seen> runs;
  std::vector<proto::RunRecord> interrupted;
  int64_t left_out = 0;
  for (const std::string& path : paths) {
    MINIDL_RETURN_IF_ERROR(ForEachRunRecord(
        path,
        [&](int64_t number, const proto::RunRecord& record) -> absl::Status {
          if (record.status() == proto::RunRecord::INTERRUPTED) {
            interrupted.push_back(record);
            return absl::OkStatus();
          }
          const std::string place = absl::StrCat(path, ": record ", number);
          const uint64_t fingerprint = FingerprintOf(record);
          const auto [run, is_new] =
              runs.try_emplace(RunOf(record), Seen{fingerprint, place});
          if (is_new) return visit(record);
          if (run->second.fingerprint != fingerprint) {
            return Contradiction(record, run->second.place, place);
          }
          ++left_out;
          return absl::OkStatus();
        },
        warn));
  }
  for (const proto::RunRecord& record : interrupted) {
    if (runs.try_emplace(RunOf(record)).second) {
      MINIDL_RETURN_IF_ERROR(visit(record));
    } else {
      ++left_out;
    }
  }
  return left_out;
}

}  // namespace minidl
