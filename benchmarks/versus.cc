#include "benchmarks/versus.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "benchmarks/training_result.h"
#include "statistics/number_format.h"

namespace minidl {
namespace {

constexpr char kThisProgram[] = "/proc/self/exe";

// The pointers that exec wants, ended by a null.
std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::vector<Side> Sides() {
  return {{"ours", {}},
          {"plain", {}},
          {"tuned",
           {// LibTorch takes AVX2 unless asked for more.
            "ATEN_CPU_CAPABILITY=avx512",
            // Or glibc gives the memory of large tensors back to the system,
            // and asks for it again, in every step. The second value is the
            // largest.
            "MALLOC_TRIM_THRESHOLD_=1000000000",
            "MALLOC_MMAP_THRESHOLD_=33554432"}}};
}

absl::Status UseOneThread(char** argv) {
  bool changed = false;
  for (const char* const name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && std::string(value) == "1") continue;
    setenv(name, "1", /*overwrite=*/1);
    changed = true;
  }
  if (!changed) return absl::OkStatus();
  execv(kThisProgram, argv);
  return absl::ErrnoToStatus(errno, "this program could not be started again");
}

absl::StatusOr<std::string> RunThisProgram(
    const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment) {
  std::vector<std::string> command = {kThisProgram};
  command.insert(command.end(), arguments.begin(), arguments.end());
  // The first of two definitions counts.
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }

  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "pipe2");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t child;
  const int error =
      posix_spawn(&child, command[0].c_str(), &actions, /*attrp=*/nullptr,
                  Pointers(command).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return absl::ErrnoToStatus(error, "this program could not be run again");
  }

  std::string output;
  std::array<char, 4096> buffer;
  ssize_t size;
  while ((size = read(ends[0], buffer.data(), buffer.size())) > 0 ||
         (size < 0 && errno == EINTR)) {
    if (size > 0) output.append(buffer.data(), static_cast<size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return absl::InternalError(absl::StrCat(
        "this program, run again with ", absl::StrJoin(arguments, " "),
        WIFSIGNALED(status)
            ? absl::StrCat(", was ended by signal ", WTERMSIG(status))
            : absl::StrCat(", ended with exit code ", WEXITSTATUS(status))));
  }
  return output;
}

std::string FormatResult(const TrainingResult& result) {
  std::string text = absl::StrCat(FormatExact(result.cpu_seconds), " ",
                                  FormatExact(result.wall_seconds));
  for (const double loss : result.losses) {
    absl::StrAppend(&text, " ", FormatExact(loss));
  }
  return text;
}

absl::StatusOr<TrainingResult> ParseResult(absl::string_view text) {
  std::vector<double> numbers;
  for (const absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    double number;
    if (!absl::SimpleAtod(word, &number)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", text, "\" are not numbers"));
    }
    numbers.push_back(number);
  }
  if (numbers.size() < 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" are not two times and losses"));
  }
  TrainingResult result;
  result.cpu_seconds = numbers[0];
  result.wall_seconds = numbers[1];
  result.losses.assign(numbers.begin() + 2, numbers.end());
  return result;
}

absl::Status CheckSameTraining(absl::Span<const double> losses,
                               absl::Span<const double> other_losses) {
  if (losses.size() != other_losses.size() || losses.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(losses.size(), " and ", other_losses.size(), " epochs"));
  }
  const auto check = [](absl::string_view which, double loss, double other,
                        double tolerance) {
    // Not for a NaN either.
    if (std::abs(loss - other) <= tolerance) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("the losses of the ", which, " epoch are ",
                     FormatExact(loss), " and ", FormatExact(other)));
  };
  const double first = losses.front();
  const double last = losses.back();
  absl::Status status =
      check("first", first, other_losses.front(), 0.01 * first);
  if (!status.ok() || losses.size() == 1) return status;
  if (!(last < first)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the loss of the first epoch is ", FormatExact(first),
                     " and that of the last one ", FormatExact(last)));
  }
  return check("last", last, other_losses.back(), 0.1 * (first - last));
}

}  // namespace minidl
