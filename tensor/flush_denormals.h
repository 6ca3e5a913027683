#ifndef MINIDL_TENSOR_FLUSH_DENORMALS_H_
#define MINIDL_TENSOR_FLUSH_DENORMALS_H_

#include <cstdint>

namespace minidl {

// As long as one lives, its thread takes denormals for zeros: floating-point
// numbers nearer to 0 than the smallest normal one, 1.2e-38 of float, become 0
// as results and count as 0 as operands. Processors are many times slower with
// them than with others, and a network has no use for them.
//
// What computes a result that must not depend on the thread has one as its
// first variable, for the mode is the thread's and changes bits. They may be
// nested. Only x86-64 processors are told; others keep their mode.
class FlushDenormals {
 public:
  FlushDenormals();
  // Restores the mode that the thread was in. On the same thread.
  ~FlushDenormals();

  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  const uint32_t previous_mode_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_FLUSH_DENORMALS_H_
