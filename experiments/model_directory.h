#ifndef MINIDL_EXPERIMENTS_MODEL_DIRECTORY_H_
#define MINIDL_EXPERIMENTS_MODEL_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"

namespace minidl {

// The file in `directory` for the network of a round: "DIR/convnet-3.model".
std::string ModelPath(const std::string& directory,
                      const std::string& architecture, int round);

// Where a study leaves its trained networks, if anywhere.
class ModelDirectory {
 public:
  // `path` is empty for none. Where `resume` is true, the models of rounds that
  // are run again are replaced.
  ModelDirectory(std::string path, bool resume);

  // Makes the directory, unless it is there, in one that is. An error if that
  // fails or nothing can be written into it; AlreadyExists, unless `resume`, if
  // a model that `tasks` of `study` will leave is there.
  absl::Status Prepare(const Study& study, absl::Span<const Task> tasks);

  // How many of the finished rounds have no model there.
  int CountMissing(absl::Span<const proto::RunRecord> records) const;

  // Writes the file of a round's model.
  absl::Status Write(const proto::Model& model) const;

  // For a run that has come to nothing.
  void RemoveIfMadeAndEmpty() const;

 private:
  const std::string path_;
  const bool resume_;
  bool made_ = false;
};

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_MODEL_DIRECTORY_H_
