#include "experiments/environment.h"

#include <cstdint>
#include <ctime>

#include "base/build_info.h"
#include "base/host.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"

namespace minidl {
namespace {

TEST(EnvironmentTest, SaysWhenWhereAndByWhat) {
  const int64_t before = int64_t{std::time(nullptr)} * 1000;
  const proto::Environment environment = CurrentEnvironment();
  EXPECT_GE(environment.start_time_ms(), before);
  EXPECT_LE(environment.start_time_ms(), before + 60'000);
  EXPECT_EQ(environment.host(), HostName());
  EXPECT_EQ(environment.cpu(), CpuName());
  EXPECT_GE(environment.cpu_threads(), 1);
  EXPECT_EQ(environment.build().compiler(), CompilerName());
  EXPECT_EQ(environment.build().compilation_mode(), CompilationMode());
  EXPECT_EQ(environment.build().id(), BuildId());
  EXPECT_EQ(environment.build().commit(), CheckoutCommit());
}

}  // namespace
}  // namespace minidl
