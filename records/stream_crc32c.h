#ifndef MINIDL_RECORDS_STREAM_CRC32C_H_
#define MINIDL_RECORDS_STREAM_CRC32C_H_

#include <cstdint>
#include <deque>

#include "absl/strings/string_view.h"

namespace minidl {

// CRC-32Cs of parts of a stream of bytes that may overlap as they like, in time
// that is linear in the stream's length and the number of parts: a part costs
// the same whether it has a thousand bytes or all of them.
//
// A part's checksum follows from those of the stream up to its begin and up to
// its end (see CombineCrc32c). Keeping that after every byte would take four
// times the stream's memory, so it is kept after every block: of a part, the
// bytes before its first and behind its last whole block are checksummed anew.
class StreamCrc32c {
 public:
  // The CRC-32C of `bytes`, which stand at `position` of the stream, one not
  // before that of the call before.
  uint32_t Of(int64_t position, absl::string_view bytes);

  // How many bytes have been checksummed so far, some of them several times.
  int64_t num_bytes() const { return num_bytes_; }

 private:
  uint32_t Checksum(absl::string_view bytes);

  // sums_[i] is the CRC-32C of the stream from some byte up to the end of block
  // first_block_ + i - 1: which byte that is makes no difference.
  int64_t first_block_ = 0;
  std::deque<uint32_t> sums_;
  int64_t num_bytes_ = 0;
};

}  // namespace minidl

#endif  // MINIDL_RECORDS_STREAM_CRC32C_H_
