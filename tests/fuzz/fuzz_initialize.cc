// How libFuzzer starts under `bazel run`: in the user's directory, where it
// leaves what breaks the fuzzer, and with the repository's corpus behind the
// directories that the user gives. Into the first of these, or a new one, goes
// what runs code that nothing before it ran.

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

std::string NewDirectory() {
  std::string path = "/tmp/corpus.XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    std::perror(path.c_str());
    std::exit(1);
  }
  std::fprintf(stderr, "What is found goes into %s\n", path.c_str());
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
  if (workspace == nullptr || directory == nullptr) return 0;
  if (chdir(directory) != 0) {
    std::perror(directory);
    std::exit(1);
  }
  // They live as long as the process.
  static auto& arguments = *new std::vector<std::string>(*argv, *argv + *argc);
  static auto& pointers = *new std::vector<char*>();
  bool has_path = false;
  for (size_t i = 1; i < arguments.size(); ++i) {
    has_path |= arguments[i][0] != '-';
  }
  if (!has_path) arguments.push_back(NewDirectory());
  // CORPUS is the build's.
  arguments.push_back(std::string(workspace) + "/" + CORPUS);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  *argc = static_cast<int>(arguments.size());
  *argv = pointers.data();
  return 0;
}
