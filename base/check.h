#ifndef MINIDL_BASE_CHECK_H_
#define MINIDL_BASE_CHECK_H_

#include <string>

#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"

// Stops the program if `condition` is false, with a message made of the other
// arguments as by absl::StrCat, which are evaluated only then:
//
//   MINIDL_CHECK(a.shape() == b.shape(), "Add: shapes ", a.shape().ToString(),
//                " and ", b.shape().ToString(), " differ");
//
// For a programmer's mistakes. What a user can cause (a file, a flag, a
// configuration) is an absl::Status instead. Checked in every build mode.
#define MINIDL_CHECK(condition, ...)                                  \
  do {                                                                \
    if (ABSL_PREDICT_FALSE(!(condition))) {                           \
      ::minidl::internal::CheckFailed(__FILE__, __LINE__, #condition, \
                                      ::absl::StrCat(__VA_ARGS__));   \
    }                                                                 \
  } while (false)

namespace minidl::internal {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const std::string& message);

}  // namespace minidl::internal

#endif  // MINIDL_BASE_CHECK_H_
