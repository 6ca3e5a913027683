#include "experiments/environment.h"

#include <chrono>
#include <cstdint>
#include <thread>

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

}  // namespace minidl
