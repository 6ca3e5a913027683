#ifndef MINIDL_DATA_NPZ_H_
#define MINIDL_DATA_NPZ_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/tensor.h"

namespace minidl {

// Makes a NumPy archive (.npz): a zip file of one .npy file per array.
//
//   NpzBuilder builder;
//   builder.Add("train_input", inputs);
//   builder.Add("train_target", targets);
//   MINIDL_ASSIGN_OR_RETURN(const std::string archive, builder.Build());
//   MINIDL_RETURN_IF_ERROR(WriteFile("pairs.npz", archive));
//
// Then, in Python, numpy.load('pairs.npz')['train_input']. Equal arrays give
// equal bytes: entries have a fixed date, and are stored uncompressed, as
// numpy.savez does, so that no version of a compressor matters.
class NpzBuilder {
 public:
  // Appends an array of '<f4' or '<i8', of `array`'s shape, in C order. Names
  // are not empty and differ.
  void Add(const std::string& name, const Tensor<float>& array);
  void Add(const std::string& name, const Tensor<int64_t>& array);

  // The archive, with the arrays, at least one, in the order in which they were
  // added.
  // ResourceExhausted where memory runs out.
  absl::StatusOr<std::string> Build() const;

 private:
  struct Entry {
    std::string file_name;  // "train_input.npy"
    std::string contents;
  };

  void AddEntry(const std::string& name, std::string npy);

  std::vector<Entry> entries_;
};

}  // namespace minidl

#endif  // MINIDL_DATA_NPZ_H_
