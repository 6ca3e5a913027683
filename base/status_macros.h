#ifndef MINIDL_BASE_STATUS_MACROS_H_
#define MINIDL_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the function if `expression`, an absl::Status, is an error.
#define MINIDL_RETURN_IF_ERROR(expression)         \
  do {                                             \
    absl::Status minidl_status = (expression);     \
    if (!minidl_status.ok()) return minidl_status; \
  } while (false)

// Returns from the function if `expression`, an absl::StatusOr<T>, is an error;
// otherwise assigns its value to `declaration`:
//
//   MINIDL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
#define MINIDL_ASSIGN_OR_RETURN(declaration, expression)               \
  MINIDL_ASSIGN_OR_RETURN_IMPL_(                                       \
      MINIDL_STATUS_CONCAT_(minidl_status_or_, __LINE__), declaration, \
      expression)

#define MINIDL_ASSIGN_OR_RETURN_IMPL_(variable, declaration, expression) \
  auto variable = (expression);                                          \
  if (!variable.ok()) return std::move(variable).status();               \
  declaration = *std::move(variable)

#define MINIDL_STATUS_CONCAT_(a, b) MINIDL_STATUS_CONCAT_IMPL_(a, b)
#define MINIDL_STATUS_CONCAT_IMPL_(a, b) a##b

#endif  // MINIDL_BASE_STATUS_MACROS_H_
