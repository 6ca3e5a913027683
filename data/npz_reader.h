#ifndef MINIDL_DATA_NPZ_READER_H_
#define MINIDL_DATA_NPZ_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/tensor.h"

namespace minidl {

// The most elements of an array that are read: 1 GiB of floats.
inline constexpr int64_t kMaxNpzElements = int64_t{1} << 28;

// Reads arrays of a NumPy archive (.npz), as numpy.savez and
// numpy.savez_compressed write them: little-endian, in C order, of float32
// ('<f4'), uint8 ('|u1') or int64 ('<i8'). Errors name the file and the array:
//
//  - NotFound: there is no such file.
//  - InvalidArgument: there is no such array; the message lists those there
//    are.
//  - DataLoss: the archive or the array is cut short, corrupt or of another
//    kind, with what was expected and what was found. Memory is asked for only
//    once the sizes agree: that of the shape, and the archive's own.
class NpzReader {
 public:
  static absl::StatusOr<NpzReader> Open(const std::string& path);

  // The arrays' names, in the order of the archive.
  const std::vector<std::string>& names() const { return names_; }
  bool Has(const std::string& name) const;

  // An array of any of the three types, int64 rounded to float.
  absl::StatusOr<Tensor<float>> ReadFloats(const std::string& name) const;

  // An array of uint8 or int64.
  absl::StatusOr<Tensor<int64_t>> ReadIntegers(const std::string& name) const;

 private:
  NpzReader(std::string path, std::string bytes,
            std::vector<std::string> names);

  template <typename T>
  absl::StatusOr<Tensor<T>> Read(const std::string& name) const;

  std::string path_;
  std::string bytes_;
  std::vector<std::string> names_;
};

}  // namespace minidl

#endif  // MINIDL_DATA_NPZ_READER_H_
