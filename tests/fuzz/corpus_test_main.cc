// Runs a fuzzer's code once on each file that is named: a test that what broke
// it once does not any more. It may not ask for much memory, as a small file
// has no right to.

#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// AddressSanitizer and ThreadSanitizer take most of the address space.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MINIDL_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MINIDL_SANITIZER
#endif
#endif

void LimitMemory() {
#ifndef MINIDL_SANITIZER
  constexpr rlim_t kLimit = rlim_t{1} << 30;
  const rlimit limit = {kLimit, kLimit};
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::perror("setrlimit");
#endif
}

}  // namespace

int main(int argc, char** argv) {
  LimitMemory();
  for (int i = 1; i < argc; ++i) {
    // What stops the program here is the last line of its output.
    std::fprintf(stderr, "%s\n", argv[i]);
    const absl::StatusOr<std::string> input = minidl::ReadFile(argv[i]);
    if (!input.ok()) {
      std::fprintf(stderr, "%s\n", input.status().ToString().c_str());
      return 1;
    }
    // A copy of exactly its size, so that AddressSanitizer sees its end.
    const std::vector<uint8_t> bytes(input->begin(), input->end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  if (argc < 2) {
    std::fprintf(stderr, "no input\n");
    return 1;
  }
  std::fprintf(stderr, "%d inputs\n", argc - 1);
  return 0;
}
