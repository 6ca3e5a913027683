#include "tools/tensorboard_export.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "records/new_record_file.h"
#include "statistics/number_format.h"
#include "tools/console.h"
#include "tools/distinct_runs.h"
#include "tools/record_files.h"
#include "tools/record_metrics.h"
#include "tools/tensorboard_event.pb.h"

namespace minidl {
namespace {

using proto::tensorboard::Event;

// The names that studies allow; no other gets into a path.
bool IsName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_';
  });
}

absl::StatusOr<std::string> RunDirectory(const proto::RunRecord& record) {
  for (const std::string& name :
       {record.study_name(), record.architecture().name()}) {
    if (!IsName(name)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "a record has the name \"", name,
          "\", which no directory can have; expected letters, digits and "
          "'_'"));
    }
  }
  return absl::StrCat(record.study_name(), "/seed_", record.study_seed(), "/",
                      record.architecture().name(), "/round_", record.round());
}

void AddValues(const std::string& prefix, const std::vector<Metric>& metrics,
               Event& event) {
  for (const Metric& metric : metrics) {
    auto& value = *event.mutable_summary()->add_value();
    value.set_tag(absl::StrCat(prefix, "/", metric.name));
    value.set_simple_value(static_cast<float>(metric.value));
  }
}

std::vector<Event> EventsOf(const proto::RunRecord& record) {
  const double start =
      static_cast<double>(record.environment().start_time_ms()) / 1000;
  const double seconds = record.environment().training_seconds();
  const int epochs = record.epochs_size();
  std::vector<Event> events(1);
  events.back().set_wall_time(start);
  events.back().set_file_version("brain.Event:2");
  for (int i = 0; i < epochs; ++i) {
    Event& event = events.emplace_back();
    // As if all epochs were equally long.
    event.set_wall_time(start + seconds * (i + 1) / epochs);
    event.set_step(i + 1);
    AddValues("epoch", EpochMetrics(record.epochs(i)), event);
  }
  Event& last = events.emplace_back();
  last.set_wall_time(start + seconds);
  last.set_step(epochs);
  AddValues("round", RoundMetrics(record), last);
  return events;
}

absl::Status WriteEvents(const proto::RunRecord& record,
                         const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return FileError(directory, "cannot create", error.value());
  // TensorBoard reads the files whose names have "tfevents" in them.
  MINIDL_ASSIGN_OR_RETURN(NewRecordFile file,
                          NewRecordFile::Create(absl::StrFormat(
                              "%s/events.out.tfevents.%010d.minidl", directory,
                              record.environment().start_time_ms() / 1000)));
  for (const Event& event : EventsOf(record)) {
    MINIDL_RETURN_IF_ERROR(file.Append(event.SerializeAsString()));
  }
  return file.Commit();
}

absl::Status ExistsError(const std::string& path) {
  return absl::AlreadyExistsError(absl::StrCat(
      path,
      ": exists already, and is not overwritten; name another directory"));
}

// A new directory beside `target`, with the permissions of one made by mkdir.
absl::StatusOr<std::string> MakeTemporaryDirectory(const std::string& target) {
  std::string path = absl::StrCat(target, ".XXXXXX");
  if (mkdtemp(path.data()) == nullptr)
    return FileError(target, "cannot create");
  const mode_t mask = umask(0);
  umask(mask);
  if (chmod(path.c_str(), 0777 & ~mask) != 0) {
    return FileError(target, "cannot create");
  }
  return path;
}

}  // namespace

absl::Status ExportTensorBoard(const std::vector<std::string>& paths,
                               const std::string& output,
                               const std::atomic<bool>& cancelled,
                               const Console& console) {
  if (output.empty() || output == "-") {
    return absl::InvalidArgumentError(
        "no --output given; name the directory to make for TensorBoard");
  }
  MINIDL_ASSIGN_OR_RETURN(const std::string target, OutputPath(output));
  std::error_code error;
  if (std::filesystem::exists(target, error)) return ExistsError(target);
  MINIDL_ASSIGN_OR_RETURN(const std::string temporary,
                          MakeTemporaryDirectory(target));
  absl::Cleanup remove_temporary = [&temporary] {
    std::error_code ignored;
    std::filesystem::remove_all(temporary, ignored);
  };

  int64_t runs = 0;
  MINIDL_RETURN_IF_ERROR(
      ForEachDistinctRun(
          paths,
          [&](const proto::RunRecord& record) -> absl::Status {
            if (cancelled) return InterruptedError(target);
            ++runs;
            MINIDL_ASSIGN_OR_RETURN(const std::string run,
                                    RunDirectory(record));
            return WriteEvents(record, absl::StrCat(temporary, "/", run));
          },
          console.warn)
          .status());
  if (cancelled) return InterruptedError(target);
  if (std::rename(temporary.c_str(), target.c_str()) != 0) {
    return FileError(target, "cannot create");
  }
  std::move(remove_temporary).Cancel();
  console.note(absl::StrCat(target, ": ", FormatCount(runs), " runs"));
  return absl::OkStatus();
}

}  // namespace minidl
