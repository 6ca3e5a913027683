#ifndef MINIDL_BASE_USER_PATH_H_
#define MINIDL_BASE_USER_PATH_H_

#include <string>

namespace minidl {

// The absolute path that a user means by `path` on a command line. `bazel run`
// starts a program in another directory than the user's, which it names in the
// environment variable BUILD_WORKING_DIRECTORY; elsewhere the current directory
// counts. Empty stays empty.
std::string UserPath(const std::string& path);

}  // namespace minidl

#endif  // MINIDL_BASE_USER_PATH_H_
