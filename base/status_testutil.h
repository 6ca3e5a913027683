#ifndef MINIDL_BASE_STATUS_TESTUTIL_H_
#define MINIDL_BASE_STATUS_TESTUTIL_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

// GoogleMock matchers for absl::Status and absl::StatusOr:
//
//   EXPECT_THAT(WriteFile(path, text), IsOk());
//   EXPECT_THAT(ReadFile(path), IsOkAndHolds("text"));
//   EXPECT_THAT(ReadFile("/none"),
//               StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
namespace minidl {
namespace internal {

inline const absl::Status& GetStatus(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& value) {
  return value.status();
}

}  // namespace internal

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = internal::GetStatus(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.ok();
}

MATCHER_P(IsOkAndHolds, value_matcher, "is OK and holds a value") {
  if (!arg.ok()) {
    *result_listener << "whose status is " << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

MATCHER_P2(StatusIs, code, message_matcher, "has the status code and message") {
  const absl::Status& status = internal::GetStatus(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.code() == code &&
         testing::ExplainMatchResult(
             message_matcher, std::string(status.message()), result_listener);
}

}  // namespace minidl

#endif  // MINIDL_BASE_STATUS_TESTUTIL_H_
