#include "experiments/environment.h"

#include <cstdint>
#include <ctime>
#include <string>

#include "absl/status/status.h"
#include "base/build_info.h"
#include "base/host.h"
#include "base/status_testutil.h"
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

proto::RunRecord RecordOfBuild(const std::string& id,
                               const std::string& commit) {
  proto::RunRecord record;
  record.mutable_architecture()->set_name("convnet");
  record.set_round(3);
  record.mutable_environment()->mutable_build()->set_id(id);
  record.mutable_environment()->mutable_build()->set_commit(commit);
  return record;
}

TEST(CheckBuildTest, OtherBuildsAreNamed) {
  proto::Build build;
  build.set_id("aa11");
  const proto::RunRecord same = RecordOfBuild("aa11", "c1");
  EXPECT_THAT(CheckBuild({same, same}, build), IsOk());
  EXPECT_THAT(CheckBuild({same, RecordOfBuild("bb22", "c2")}, build),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "it holds round 3 of convnet of another build of the "
                       "program: build bb22 of commit c2, while this is build "
                       "aa11"));
}

// As in the reproducible form of records.
TEST(CheckBuildTest, BuildsWithoutIdsAreNotCompared) {
  proto::Build build;
  EXPECT_THAT(CheckBuild({RecordOfBuild("bb22", "")}, build), IsOk());
  build.set_id("aa11");
  EXPECT_THAT(CheckBuild({proto::RunRecord()}, build), IsOk());
}

}  // namespace
}  // namespace minidl
