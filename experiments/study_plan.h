#ifndef MINIDL_EXPERIMENTS_STUDY_PLAN_H_
#define MINIDL_EXPERIMENTS_STUDY_PLAN_H_

#include <string>

#include "absl/types/span.h"
#include "experiments/estimate_round.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"

namespace minidl {

// Text that says what running `tasks` of `study` on `jobs` threads means, and
// how long it will take: what the study draws from, a table with a row for each
// configuration, of which `estimates` has one, and the time in all.
std::string PlanText(const Study& study,
                     absl::Span<const RoundEstimate> estimates,
                     absl::Span<const Task> tasks, int jobs);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_STUDY_PLAN_H_
