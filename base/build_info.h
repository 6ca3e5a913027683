#ifndef MINIDL_BASE_BUILD_INFO_H_
#define MINIDL_BASE_BUILD_INFO_H_

#include <string>

// What this program was built by and from. Nothing of it is stamped into the
// program, which would make every commit build and link all programs again.
namespace minidl {

// "gcc 12.2.0" or "clang 14.0.6".
std::string CompilerName();

// Bazel's --compilation_mode: "opt", "dbg" or "fastbuild".
std::string CompilationMode();

// The build ID that the linker wrote into the program, a hash of all that it
// linked, in hexadecimal digits; "" if there is none.
std::string BuildId();

// The commit of the checkout from which `bazel run` started the program, in
// hexadecimal digits, followed by "-dirty" if a file that git knows has been
// changed. "" if the program was started otherwise, if there is no checkout, or
// no git to ask.
std::string CheckoutCommit();

}  // namespace minidl

#endif  // MINIDL_BASE_BUILD_INFO_H_
