#include "base/runfile.h"

#include "absl/status/status.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(RunfileTest, FindsADataDependency) {
  const auto path = FindRunfile("base/runfile.h");
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile(*path), IsOkAndHolds(HasSubstr("FindRunfile")));
}

TEST(RunfileTest, FindsAFileOfAnExternalRepository) {
  const auto path = FindRunfile("../bazel_skylib/lib/paths.bzl");
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile(*path), IsOkAndHolds(HasSubstr("def _basename")));
}

TEST(RunfileTest, WhatIsNotADependencyIsNotFound) {
  EXPECT_THAT(FindRunfile("base/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("base/none")));
}

}  // namespace
}  // namespace minidl
