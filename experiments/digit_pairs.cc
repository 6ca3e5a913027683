#include "experiments/digit_pairs.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "data/data_set_directory.h"
#include "data/mnist.h"
#include "data/pair_sets.h"
#include "experiments/environment.h"
#include "experiments/estimate_round.h"
#include "experiments/live_page.h"
#include "experiments/model_directory.h"
#include "experiments/progress.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "experiments/study_plan.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "proto/study.pb.h"
#include "records/record_reader.h"
#include "records/record_writer.h"
#include "records/run_records.h"
#include "report/page_data.pb.h"
#include "statistics/study_statistics.h"
#include "statistics/summary_table.h"

namespace minidl {
namespace {

// An error if `study`, which was right before, is not since the flag changed
// it.
absl::Status CheckChange(const std::string& flag, const Study& study) {
  const absl::Status status = ValidateStudy(study);
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(flag, ": ", status.message()));
}

// The study with the options' changes.
absl::StatusOr<Study> LoadChangedStudy(const DigitPairsOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(Study study, LoadStudy(options.study_file));
  if (!options.architectures.empty()) {
    MINIDL_RETURN_IF_ERROR(SelectConfigurations(options.architectures, study));
  }
  proto::Study& message = study.message;
  if (options.seed.has_value()) SetSeed(*options.seed, study);
  if (options.rounds.has_value()) {
    message.set_rounds(*options.rounds);
    MINIDL_RETURN_IF_ERROR(
        CheckChange(absl::StrCat("--rounds=", *options.rounds), study));
  }
  if (options.epochs.has_value()) {
    SetEpochs(*options.epochs, study);
    MINIDL_RETURN_IF_ERROR(
        CheckChange(absl::StrCat("--epochs=", *options.epochs), study));
  }
  if (options.data_set.has_value()) {
    SetDataSet(*options.data_set, study);
    MINIDL_RETURN_IF_ERROR(
        CheckChange(absl::StrCat("--data_set=", *options.data_set), study));
  }
  if (options.only_round.has_value() &&
      (*options.only_round < 0 || *options.only_round >= message.rounds())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--only_round is ", *options.only_round,
                     "; the study has rounds 0 to ", message.rounds() - 1));
  }
  return study;
}

// Whether there are images for all pairs that the study draws.
absl::Status CheckPairs(const Mnist& mnist, const Study& study) {
  const auto check = [&study](const std::string& field, int64_t num_pairs,
                              int64_t num_images, absl::string_view images) {
    const absl::Status status = CheckNumPairs(num_pairs, num_images, images);
    return study.locations.Locate(absl::Status(
        status.code(), absl::StrCat(field, ": ", status.message())));
  };
  const proto::Study& message = study.message;
  MINIDL_RETURN_IF_ERROR(check("train_pairs", message.train_pairs(),
                               mnist.train.size(), "training images"));
  for (int i = 0; i < message.variants_size(); ++i) {
    const int train_pairs = message.variants(i).train_pairs();
    if (train_pairs == 0) continue;
    MINIDL_RETURN_IF_ERROR(check(absl::StrCat("variants[", i, "].train_pairs"),
                                 train_pairs, mnist.train.size(),
                                 "training images"));
  }
  return check("test_pairs", message.test_pairs(), mnist.test.size(),
               "test images");
}

// What the study draws its pairs from.
absl::StatusOr<Mnist> LoadImages(const DigitPairsOptions& options,
                                 const Study& study) {
  MINIDL_ASSIGN_OR_RETURN(
      const std::string directory,
      DataSetDirectory(study.configurations[0].data_set(), options.mnist_dir));
  MINIDL_ASSIGN_OR_RETURN(Mnist mnist, LoadMnist(directory));
  MINIDL_RETURN_IF_ERROR(CheckPairs(mnist, study));
  return mnist;
}

// What `records`, which the output file has, lacks of the study.
absl::StatusOr<std::vector<Task>> PlanMissingTasks(
    const DigitPairsOptions& options, const Study& study,
    const std::vector<proto::RunRecord>& records) {
  const auto cannot_resume = [&options](const absl::Status& status,
                                        absl::string_view instead) {
    return absl::Status(status.code(),
                        absl::StrCat(options.output, ": cannot resume: ",
                                     status.message(), "; ", instead));
  };
  absl::StatusOr<std::vector<Task>> tasks =
      PlanTasks(study, options.only_round, records);
  if (!tasks.ok()) {
    return cannot_resume(tasks.status(),
                         "name another --output or use the flags of that run");
  }
  if (options.resume_any_build) return tasks;
  const absl::Status same_build =
      CheckBuild(records, CurrentEnvironment().build());
  if (!same_build.ok()) {
    return cannot_resume(
        same_build,
        "name another --output or, where `//tools:records -- replay` of that "
        "file finds the same bits, add --resume_any_build");
  }
  return tasks;
}

// The records of the output file, whose last one may be torn, if it is to be
// resumed and there.
absl::StatusOr<std::vector<proto::RunRecord>> ReadOutput(
    const DigitPairsOptions& options) {
  std::vector<proto::RunRecord> records;
  if (!options.resume || !std::filesystem::exists(options.output)) {
    return records;
  }
  MINIDL_ASSIGN_OR_RETURN(RunRecordReader reader,
                          RunRecordReader::Open(options.output));
  for (;;) {
    absl::StatusOr<std::optional<proto::RunRecord>> record = reader.Next();
    if (IsTornTail(record.status())) return records;
    MINIDL_RETURN_IF_ERROR(record.status());
    if (!record->has_value()) return records;
    records.push_back(**std::move(record));
  }
}

// The output file, ready for more records, and the records that it has.
struct Output {
  RecordWriter writer;
  std::vector<proto::RunRecord> records;
};

absl::StatusOr<Output> OpenOutput(const DigitPairsOptions& options) {
  const std::string& path = options.output;
  if (options.resume && std::filesystem::exists(path)) {
    absl::StatusOr<RecordWriter> opened = RecordWriter::OpenForAppend(path);
    if (absl::IsDataLoss(opened.status())) {
      return absl::DataLossError(absl::StrCat(
          opened.status().message(),
          "; `//tools:records -- repair` writes what is good of the file to "
          "another, which can be resumed"));
    }
    MINIDL_ASSIGN_OR_RETURN(RecordWriter writer, std::move(opened));
    if (writer.cut_bytes() > 0) {
      std::fprintf(stderr,
                   "%s: cut off %lld bytes of a record that an interrupted run "
                   "had not finished\n",
                   path.c_str(), static_cast<long long>(writer.cut_bytes()));
    }
    MINIDL_ASSIGN_OR_RETURN(std::vector<proto::RunRecord> records,
                            ReadRunRecords({path}));
    return Output{std::move(writer), std::move(records)};
  }
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create(path);
  if (absl::IsAlreadyExists(writer.status())) {
    return absl::AlreadyExistsError(
        absl::StrCat(path,
                     " exists; add --resume to run what it lacks, or name "
                     "another --output"));
  }
  MINIDL_RETURN_IF_ERROR(writer.status());
  return Output{*std::move(writer), {}};
}

// What has become of a study that ended with `status`.
proto::RunProgress::State StateAfter(const absl::Status& status) {
  if (status.ok()) return proto::RunProgress::FINISHED;
  return absl::IsCancelled(status) ? proto::RunProgress::INTERRUPTED
                                   : proto::RunProgress::FAILED;
}

absl::Status PrintTable(const Study& study,
                        const std::vector<proto::RunRecord>& records) {
  MINIDL_ASSIGN_OR_RETURN(
      const proto::StudyStatistics statistics,
      ComputeStudyStatistics(records,
                             {/*baseline=*/"", ConfigurationNames(study)}));
  std::fputs(SummaryText(statistics).c_str(), stdout);
  return absl::OkStatus();
}

// A file that this run has made and written nothing to helps nobody.
void RemoveIfEmpty(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) &&
      std::filesystem::file_size(path, error) == 0 && !error) {
    std::filesystem::remove(path, error);
  }
}

}  // namespace

absl::Status RunDigitPairs(const DigitPairsOptions& options,
                           std::atomic<bool>& cancelled) {
  MINIDL_ASSIGN_OR_RETURN(const Study study, LoadChangedStudy(options));
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadImages(options, study));
  MINIDL_ASSIGN_OR_RETURN(Output output, OpenOutput(options));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<Task> tasks,
                          PlanMissingTasks(options, study, output.records));

  ModelDirectory models(options.models, options.resume);
  const absl::Status models_prepared = models.Prepare(study, tasks);
  if (!models_prepared.ok()) {
    RemoveIfEmpty(options.output);
    return models_prepared;
  }
  const int missing = models.CountMissing(output.records);
  if (missing > 0) {
    std::fprintf(
        stderr, "%s has no model of %d rounds in %s, which are not run again\n",
        options.models.c_str(), missing, options.output.c_str());
  }

  const int total = CountEnded(output.records) + static_cast<int>(tasks.size());
  LivePage page(study, {options.html, total});
  absl::Status page_written =
      page.Write(output.records, proto::RunProgress::RUNNING);
  if (!page_written.ok()) {
    RemoveIfEmpty(options.output);
    models.RemoveIfMadeAndEmpty();
    return page_written;
  }
  std::fprintf(stderr, "study %s: %d of %d rounds to run, records in %s\n",
               study.message.name().c_str(), static_cast<int>(tasks.size()),
               total, options.output.c_str());
  if (!options.html.empty()) {
    std::fprintf(stderr, "page: %s\n", options.html.c_str());
  }
  Progress progress(static_cast<int>(tasks.size()), stderr, output.records);
  std::vector<proto::RunRecord> interrupted;
  absl::Status status = RunTasks(
      mnist, study, tasks, options.jobs, cancelled,
      [&](const proto::RunRecord& record) -> absl::Status {
        if (record.status() == proto::RunRecord::INTERRUPTED) {
          interrupted.push_back(record);
          return absl::OkStatus();
        }
        MINIDL_RETURN_IF_ERROR(AppendRunRecord(record, output.writer));
        output.records.push_back(record);
        progress.Finished(record);
        page.Refresh(output.records);
        if (record.status() == proto::RunRecord::DIVERGED &&
            options.stop_on_divergence) {
          return absl::OutOfRangeError(absl::StrCat(
              DescribeRound(record), "; --on_divergence=stop ends the study"));
        }
        return absl::OkStatus();
      },
      options.models.empty()
          ? std::function<absl::Status(const proto::Model&)>()
          : [&](const proto::Model& model) { return models.Write(model); },
      [&](const Task& task) {
        progress.Started(
            study.configurations[static_cast<size_t>(task.configuration)]
                .architecture()
                .name(),
            task.round);
      });
  progress.End();

  if (output.records.empty()) {
    // Nor does one that holds interruptions alone.
    RemoveIfEmpty(options.output);
    models.RemoveIfMadeAndEmpty();
  } else {
    for (const proto::RunRecord& record : interrupted) {
      const absl::Status appended = AppendRunRecord(record, output.writer);
      if (!appended.ok()) status = appended;
      output.records.push_back(record);
    }
    MINIDL_RETURN_IF_ERROR(PrintTable(study, output.records));
    std::printf("records: %s\n", options.output.c_str());
    if (!options.models.empty()) {
      std::printf("models: %s\n", options.models.c_str());
    }
  }
  page_written = page.Write(output.records, StateAfter(status));
  if (absl::IsCancelled(status)) {
    return absl::CancelledError(
        output.records.empty()
            ? "interrupted before the end of any round"
            : absl::StrCat("interrupted; the same command with --resume "
                           "--output=",
                           options.output, " runs what is missing"));
  }
  return status.ok() ? page_written : status;
}

absl::Status PrintPlan(const DigitPairsOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(const Study study, LoadChangedStudy(options));
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadImages(options, study));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<proto::RunRecord> records,
                          ReadOutput(options));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<Task> tasks,
                          PlanMissingTasks(options, study, records));
  std::vector<RoundEstimate> estimates;
  for (const proto::Configuration& configuration : study.configurations) {
    MINIDL_ASSIGN_OR_RETURN(estimates.emplace_back(),
                            EstimateRound(mnist, configuration));
  }
  std::fputs(PlanText(study, estimates, tasks, options.jobs).c_str(), stdout);
  const int done = CountEnded(records);
  if (done > 0) {
    std::printf("%d more are in %s.\n", done, options.output.c_str());
  }
  return absl::OkStatus();
}

}  // namespace minidl
