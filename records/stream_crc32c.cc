#include "records/stream_crc32c.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/check.h"
#include "records/crc32c.h"

namespace minidl {
namespace {

constexpr size_t kBlockSize = 1024;

// Up to here a checksum takes no longer than what there is to combine.
constexpr size_t kMaxShortSize = 4 * kBlockSize;

}  // namespace

uint32_t StreamCrc32c::Of(int64_t position, absl::string_view bytes) {
  if (bytes.size() <= kMaxShortSize) return Checksum(bytes);

  const auto begin = static_cast<uint64_t>(position);
  const auto first =
      static_cast<int64_t>((begin + kBlockSize - 1) / kBlockSize);
  const auto last = static_cast<int64_t>((begin + bytes.size()) / kBlockSize);
  const auto offset = [position](int64_t block) {
    return static_cast<size_t>(block * int64_t{kBlockSize} - position);
  };

  while (!sums_.empty() && first_block_ < first) {
    sums_.pop_front();
    ++first_block_;
  }
  if (sums_.empty()) {
    first_block_ = first;
    sums_.push_back(0);
  }
  MINIDL_CHECK(first_block_ == first, "StreamCrc32c: back to ", position);
  for (int64_t block = first + static_cast<int64_t>(sums_.size()) - 1;
       block < last; ++block) {
    sums_.push_back(CombineCrc32c(
        sums_.back(), Checksum(bytes.substr(offset(block), kBlockSize)),
        kBlockSize));
  }

  // What CombineCrc32c does with the first checksum is linear: that of the
  // stream is taken away, and that of the bytes before the first block put in
  // its place.
  const uint32_t head = Checksum(bytes.substr(0, offset(first)));
  const uint32_t up_to_last = CombineCrc32c(
      head ^ sums_.front(), sums_[static_cast<size_t>(last - first)],
      offset(last) - offset(first));
  const absl::string_view tail = bytes.substr(offset(last));
  return CombineCrc32c(up_to_last, Checksum(tail), tail.size());
}

uint32_t StreamCrc32c::Checksum(absl::string_view bytes) {
  num_bytes_ += static_cast<int64_t>(bytes.size());
  return Crc32c(bytes);
}

}  // namespace minidl
