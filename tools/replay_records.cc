#include "tools/replay_records.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "experiments/progress.h"
#include "experiments/replay.h"
#include "proto/run_record.pb.h"
#include "records/record_difference.h"
#include "records/run_status.h"
#include "statistics/number_format.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {
namespace {

// The records to look at, and of each where it is and what became of it.
struct Records {
  std::vector<proto::RunRecord> messages;
  std::vector<std::string> places;
  std::vector<std::string> results;  // Empty until there is one.
};

bool IsChosen(const proto::RunRecord& record,
              const ReplayRecordsOptions& options) {
  const std::vector<std::string>& names = options.architectures;
  return (names.empty() ||
          std::find(names.begin(), names.end(), record.architecture().name()) !=
              names.end()) &&
         options.only_round.value_or(record.round()) == record.round();
}

absl::StatusOr<Records> ReadRecords(const std::vector<std::string>& paths,
                                    const ReplayRecordsOptions& options,
                                    const Console& console) {
  Records records;
  for (const std::string& path : paths) {
    MINIDL_RETURN_IF_ERROR(ForEachRunRecord(
        path,
        [&](int64_t number, const proto::RunRecord& record) {
          if (!IsChosen(record, options)) return absl::OkStatus();
          records.messages.push_back(record);
          records.places.push_back(absl::StrCat(path, ": record ", number, ", ",
                                                record.architecture().name(),
                                                " round ", record.round()));
          return absl::OkStatus();
        },
        console.warn));
  }
  if (records.messages.empty()) {
    return absl::InvalidArgumentError("no record is chosen");
  }
  records.results.resize(records.messages.size());
  return records;
}

// What has not been recorded says nothing.
std::string Difference(const proto::RunRecord& recorded,
                       proto::RunRecord again) {
  if (recorded.epochs().empty()) again.clear_epochs();
  if (recorded.mistakes().empty()) again.clear_mistakes();
  return FirstDifference(recorded, again);
}

// How many records have come out in each way.
struct Counts {
  int64_t same = 0;
  int64_t different = 0;
  int64_t not_run = 0;
};

std::string Summary(const Counts& counts) {
  const int64_t run = counts.same + counts.different;
  std::string text = absl::StrCat(FormatCount(run), " ",
                                  run == 1 ? "record" : "records", " replayed");
  if (run > 0) {
    absl::StrAppend(&text, ": ", FormatCount(counts.same), " the same, ",
                    FormatCount(counts.different),
                    counts.different == 1 ? " differs" : " differ");
  }
  if (counts.not_run > 0) {
    absl::StrAppend(&text, "; ", FormatCount(counts.not_run), " not run");
  }
  return text + "\n";
}

absl::Status PrintResults(const Records& records, const Counts& counts,
                          const Console& console) {
  std::string text;
  for (size_t i = 0; i < records.results.size(); ++i) {
    if (records.results[i].empty()) continue;
    absl::StrAppend(&text, records.places[i], ": ", records.results[i], "\n");
  }
  return console.print(text + Summary(counts));
}

}  // namespace

absl::Status ReplayRecords(const ReplayRecordsOptions& options,
                           std::atomic<bool>& cancelled,
                           const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(options.files));
  MINIDL_ASSIGN_OR_RETURN(Records records,
                          ReadRecords(paths, options, console));
  std::vector<proto::RunRecord> ended;
  std::vector<size_t> indices;  // Of these among all.
  for (size_t i = 0; i < records.messages.size(); ++i) {
    const proto::RunRecord& record = records.messages[i];
    if (record.status() == proto::RunRecord::INTERRUPTED) {
      records.results[i] =
          absl::StrCat("not run, it was ", DescribeStatus(record));
      continue;
    }
    const absl::Status checked = CheckReplay(record);
    if (!checked.ok()) {
      return absl::Status(checked.code(),
                          absl::StrCat(records.places[i],
                                       ": cannot be run: ", checked.message()));
    }
    ended.push_back(record);
    indices.push_back(i);
  }
  const std::vector<ReplayRound> rounds = PlanReplay(ended);

  Counts counts;
  bool is_other_build = false;
  Progress progress(static_cast<int>(rounds.size()), options.progress);
  const absl::Status status = RunReplay(
      rounds, options.mnist_dir, options.jobs, cancelled,
      [&](const ReplayRound& round, const proto::RunRecord& again) {
        for (const size_t index : round.records) {
          const proto::RunRecord& recorded = ended[index];
          const std::string difference = Difference(recorded, again);
          records.results[indices[index]] =
              difference.empty() ? "the same"
                                 : absl::StrCat("differs in ", difference);
          ++(difference.empty() ? counts.same : counts.different);
          is_other_build |= !difference.empty() && recorded.has_environment() &&
                            recorded.environment().build().id() !=
                                again.environment().build().id();
        }
        progress.Finished(again);
        return absl::OkStatus();
      });
  progress.End();
  counts.not_run = static_cast<int64_t>(records.messages.size()) - counts.same -
                   counts.different;
  MINIDL_RETURN_IF_ERROR(PrintResults(records, counts, console));
  if (absl::IsCancelled(status)) {
    return absl::CancelledError("interrupted; not all records were run");
  }
  MINIDL_RETURN_IF_ERROR(status);
  if (counts.different == 0) return absl::OkStatus();
  if (is_other_build) {
    console.note("some of those that differ are of another build than this");
  }
  return absl::DataLossError(
      absl::StrCat(FormatCount(counts.different), " of ",
                   FormatCount(counts.same + counts.different),
                   " records did not come out again"));
}

}  // namespace minidl
