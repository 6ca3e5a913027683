#ifndef MINIDL_DATA_IDX_H_
#define MINIDL_DATA_IDX_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tensor/tensor.h"

// IDX, the format of the MNIST files (described at
// http://yann.lecun.com/exdb/mnist/): two zero bytes, the type of the elements,
// the number of dimensions, the size of each as a big-endian 32-bit number, and
// the elements, the last index varying fastest.
namespace minidl {

// The most elements that are read: 1 GiB.
inline constexpr int64_t kMaxIdxElements = int64_t{1} << 30;

// Reads an IDX file of unsigned bytes, gzipped or not, which its contents tell
// and not its name. DataLoss unless the file is exactly what its header says;
// the message has the file, the byte (in the decompressed data), the field,
// what was expected there and what was found.
absl::StatusOr<Tensor<uint8_t>> ReadIdx(const std::string& path);

// The same for the contents of a file; `name` is for messages. Nothing is
// allocated for data that are announced but not there, or there but not
// announced, however well compressed.
absl::StatusOr<Tensor<uint8_t>> ParseIdx(absl::string_view bytes,
                                         const std::string& name);

}  // namespace minidl

#endif  // MINIDL_DATA_IDX_H_
