#include "base/user_path.h"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace minidl {

std::string UserPath(const std::string& path) {
  if (path.empty()) return path;
  const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
  const std::filesystem::path base = directory != nullptr && *directory != '\0'
                                         ? std::filesystem::path(directory)
                                         : std::filesystem::current_path();
  // An absolute `path` replaces `base`.
  return (base / path).lexically_normal().string();
}

}  // namespace minidl
