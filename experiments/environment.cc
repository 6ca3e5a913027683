#include "experiments/environment.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/build_info.h"
#include "base/host.h"
#include "proto/run_record.pb.h"

namespace minidl {
namespace {

proto::Build CurrentBuild() {
  proto::Build build;
  build.set_compiler(CompilerName());
  build.set_compilation_mode(CompilationMode());
  build.set_id(BuildId());
  build.set_commit(CheckoutCommit());
  return build;
}

// "build 0123abcd of commit 4567ef".
std::string Describe(const proto::Build& build) {
  std::string text = absl::StrCat("build ", build.id());
  if (!build.commit().empty()) {
    absl::StrAppend(&text, " of commit ", build.commit());
  }
  return text;
}

}  // namespace

proto::Environment CurrentEnvironment() {
  // Asked for once: it does not change while the program runs.
  static const auto& build = *new proto::Build(CurrentBuild());
  proto::Environment environment;
  environment.set_start_time_ms(
      std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count());
  environment.set_host(HostName());
  environment.set_cpu(CpuName());
  environment.set_cpu_threads(
      static_cast<int32_t>(std::thread::hardware_concurrency()));
  *environment.mutable_build() = build;
  return environment;
}

absl::Status CheckBuild(absl::Span<const proto::RunRecord> records,
                        const proto::Build& build) {
  if (build.id().empty()) return absl::OkStatus();
  for (const proto::RunRecord& record : records) {
    const proto::Build& other = record.environment().build();
    if (other.id().empty() || other.id() == build.id()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "it holds round ", record.round(), " of ", record.architecture().name(),
        " of another build of the program: ", Describe(other),
        ", while this is ", Describe(build)));
  }
  return absl::OkStatus();
}

}  // namespace minidl
