#ifndef MINIDL_DATA_NPZ_READER_H_
#define MINIDL_DATA_NPZ_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

struct zip;  // libzip's archive.

namespace minidl {

// The most elements of an array that are read: 1 GiB of floats.
inline constexpr int64_t kMaxNpzElements = int64_t{1} << 28;

// Reads arrays of a NumPy archive (.npz), as numpy.savez and
// numpy.savez_compressed write them: little-endian, in C order, of float32
// ('<f4'), uint8 ('|u1') or int64 ('<i8'). Errors name the file and the array,
// what was expected and what was found:
//
//  - NotFound and others of the system: the file cannot be opened.
//  - InvalidArgument: there is no such array; the message lists those there
//    are.
//  - DataLoss: the archive or the array is cut short, corrupt or of another
//    kind.
//
// Nothing in a file is believed: memory is asked for once the sizes of the
// shape, of the archive and of the file agree, at most some thousand times the
// file's size; pickles are not looked into.
class NpzReader {
 public:
  // Keeps the file open.
  static absl::StatusOr<NpzReader> Open(const std::string& path);

  const std::string& path() const { return path_; }

  // The arrays' names, in the order of the archive; each once.
  const std::vector<std::string>& names() const { return names_; }
  bool Has(const std::string& name) const;

  // Sees an array's shape before memory is asked for: an error is the caller's.
  using ShapeCheck = absl::FunctionRef<absl::Status(const Shape& shape)>;

  // An array of any of the three types, int64 rounded to float.
  absl::StatusOr<Tensor<float>> ReadFloats(
      const std::string& name, ShapeCheck check_shape = AnyShape) const;

  // An array of uint8 or int64.
  absl::StatusOr<Tensor<int64_t>> ReadIntegers(
      const std::string& name, ShapeCheck check_shape = AnyShape) const;

 private:
  struct Discard {
    void operator()(zip* archive) const;
  };
  using Archive = std::unique_ptr<zip, Discard>;

  static absl::Status AnyShape(const Shape& /*shape*/) {
    return absl::OkStatus();
  }

  NpzReader(std::string path, uint64_t file_size, Archive archive)
      : path_(std::move(path)),
        file_size_(file_size),
        archive_(std::move(archive)) {}

  absl::Status ReadNames();

  template <typename T>
  absl::StatusOr<Tensor<T>> Read(const std::string& name,
                                 ShapeCheck check_shape) const;

  std::string path_;
  uint64_t file_size_;
  Archive archive_;
  std::vector<std::string> names_;
  std::vector<uint64_t> entries_;  // Where in the archive the names are.
};

}  // namespace minidl

#endif  // MINIDL_DATA_NPZ_READER_H_
