#include "base/status_testutil.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::_;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusTestutilTest, IsOk) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(absl::StatusOr<int>(3), IsOk());
  EXPECT_THAT(absl::UnknownError("x"), Not(IsOk()));
  EXPECT_THAT(absl::StatusOr<int>(absl::UnknownError("x")), Not(IsOk()));
}

TEST(StatusTestutilTest, IsOkAndHolds) {
  EXPECT_THAT(absl::StatusOr<int>(3), IsOkAndHolds(3));
  EXPECT_THAT(absl::StatusOr<int>(3), IsOkAndHolds(Gt(2)));
  EXPECT_THAT(absl::StatusOr<int>(3), Not(IsOkAndHolds(4)));
  EXPECT_THAT(absl::StatusOr<int>(absl::UnknownError("x")),
              Not(IsOkAndHolds(_)));
}

TEST(StatusTestutilTest, StatusIs) {
  const absl::Status status = absl::NotFoundError("file f");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, "file f"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("f")));
  EXPECT_THAT(status, Not(StatusIs(absl::StatusCode::kNotFound, "file g")));
  EXPECT_THAT(status, Not(StatusIs(absl::StatusCode::kUnknown, "file f")));
  EXPECT_THAT(absl::StatusOr<int>(status),
              StatusIs(absl::StatusCode::kNotFound, "file f"));
}

}  // namespace
}  // namespace minidl
