#include "experiments/study_plan.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/printable.h"
#include "experiments/estimate_round.h"
#include "experiments/format_duration.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "statistics/number_format.h"
#include "statistics/table.h"

namespace minidl {
namespace {

std::string BranchesText(proto::Architecture::Branches branches) {
  switch (branches) {
    case proto::Architecture::JOINT:
      return "joint";
    case proto::Architecture::SEPARATE:
      return "separate";
    case proto::Architecture::SHARED:
      return "shared";
    default:
      return kNotAvailable;
  }
}

std::string RoundsText(absl::Span<const Task> tasks) {
  std::set<int> rounds;
  for (const Task& task : tasks) rounds.insert(task.round);
  if (rounds.empty()) return "none";
  if (rounds.size() == 1) return absl::StrCat(*rounds.begin());
  return absl::StrCat(*rounds.begin(), " to ", *rounds.rbegin());
}

// Of tasks that are started in their order, each when a thread is free.
double SecondsInAll(absl::Span<const RoundEstimate> estimates,
                    absl::Span<const Task> tasks, int jobs) {
  std::multiset<double> free;  // When threads are.
  for (int i = 0; i < jobs; ++i) free.insert(0);
  for (const Task& task : tasks) {
    const double start = *free.begin();
    free.erase(free.begin());
    free.insert(start +
                estimates[static_cast<size_t>(task.configuration)].seconds);
  }
  return *free.rbegin();
}

}  // namespace

std::string PlanText(const Study& study,
                     absl::Span<const RoundEstimate> estimates,
                     absl::Span<const Task> tasks, int jobs) {
  const proto::Study& message = study.message;
  std::string text = absl::StrCat("study ", message.name());
  if (!message.description().empty()) {
    absl::StrAppend(&text, ": ", PrintableLine(message.description()));
  }
  absl::StrAppend(&text, "\nseed ", message.seed(), ", rounds ",
                  RoundsText(tasks), "; in each, pairs are drawn anew from ",
                  study.configurations[0].data_set(), ", ",
                  FormatCount(message.test_pairs()), " of them for tests\n\n");

  std::vector<int> num_rounds(study.configurations.size());
  for (const Task& task : tasks) {
    ++num_rounds[static_cast<size_t>(task.configuration)];
  }
  Table table;
  table.columns = {{"architecture", Alignment::kLeft},
                   {"branches", Alignment::kLeft},
                   {"aux. loss"},
                   {"params"},
                   {"pairs"},
                   {"epochs"},
                   {"batch"},
                   {"rounds"},
                   {"s a round"}};
  for (size_t i = 0; i < study.configurations.size(); ++i) {
    const proto::Configuration& configuration = study.configurations[i];
    const proto::Architecture& architecture = configuration.architecture();
    table.rows.push_back(
        {architecture.name(), BranchesText(architecture.branches()),
         FormatExact(architecture.auxiliary_loss_weight()),
         FormatCount(estimates[i].parameter_count),
         FormatCount(configuration.train_pairs()),
         FormatCount(configuration.training().epochs()),
         FormatCount(configuration.training().batch_size()),
         FormatCount(num_rounds[i]), FormatFixed(estimates[i].seconds, 2)});
  }
  absl::StrAppend(&text, TextTable(table), "\n", FormatCount(tasks.size()),
                  " rounds to run, about ",
                  FormatDuration(SecondsInAll(estimates, tasks, jobs)),
                  " with --jobs=", jobs,
                  ". Times are estimates, from a few steps on this machine.\n");
  return text;
}

}  // namespace minidl
