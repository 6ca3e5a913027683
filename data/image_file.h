#ifndef MINIDL_DATA_IMAGE_FILE_H_
#define MINIDL_DATA_IMAGE_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tensor/tensor.h"

namespace minidl {

// The largest height and width that are read.
inline constexpr int64_t kMaxImageSide = 4096;

// Reads a PNG (of any kind: grey, colour, palette, 1 to 16 bits, transparent,
// interlaced) or a PGM (P2 or P5, up to 16 bits), which its contents tell and
// not its name, as a grey image: H×W, from 0 (black) to 255 (white). Values of
// 8 bits stay as they are; others are scaled, so that the largest becomes 255,
// and not rounded. Colours become
//
//   (19595 red + 38470 green + 7471 blue) / 65536,
//
// the luma of ITU-R BT.601, whatever gamma or profile the file speaks of. What
// is transparent lets `background`, 0 to 255, through.
//
// DataLoss, which names the file, for what is cut short, corrupt, larger than
// kMaxImageSide, or another format.
absl::StatusOr<Tensor<float>> ReadImage(const std::string& path,
                                        float background);

// The same for the contents of a file; `name` is for messages. Memory is asked
// for only for sizes within the bounds, and PGMs that are all there.
absl::StatusOr<Tensor<float>> ParseImage(absl::string_view bytes,
                                         const std::string& name,
                                         float background);

}  // namespace minidl

#endif  // MINIDL_DATA_IMAGE_FILE_H_
