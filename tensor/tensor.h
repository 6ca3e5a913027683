#ifndef MINIDL_TENSOR_TENSOR_H_
#define MINIDL_TENSOR_TENSOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "absl/types/span.h"
#include "base/check.h"
#include "tensor/shape.h"

namespace minidl {

// Tensors start at multiples of this many bytes: a cache line, and the widest
// vector of x86 processors.
inline constexpr std::size_t kTensorAlignment = 64;

// Behind its elements a tensor has memory for so many bytes, whose contents
// mean nothing: a kernel may load a whole vector where a part of it is enough.
inline constexpr std::size_t kTensorPadding = 64;

// A dense array of numbers: contiguous, row-major (the last index varies
// fastest), aligned to kTensorAlignment. It owns its elements; moving is cheap,
// copying is asked for with Clone().
template <typename T>
class Tensor {
  static_assert(std::is_arithmetic_v<T>, "tensors hold numbers");

 public:
  // Shape [0].
  Tensor() : shape_({0}) {}

  // All zeros.
  explicit Tensor(const Shape& shape) : Tensor() {
    Resize(shape);
    Fill(T{0});
  }

  // `values` in row-major order, exactly shape.num_elements() of them.
  Tensor(const Shape& shape, absl::Span<const T> values) : Tensor() {
    MINIDL_CHECK(static_cast<int64_t>(values.size()) == shape.num_elements(),
                 "Tensor: ", values.size(), " values for shape ",
                 shape.ToString());
    Resize(shape);
    std::copy(values.begin(), values.end(), data());
  }
  Tensor(const Shape& shape, std::initializer_list<T> values)
      : Tensor(shape, absl::MakeConstSpan(values.begin(), values.size())) {}

  Tensor(Tensor&& other) noexcept
      : shape_(std::exchange(other.shape_, Shape({0}))),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)),
        data_(std::move(other.data_)) {}
  Tensor& operator=(Tensor&& other) noexcept {
    if (this != &other) {
      shape_ = std::exchange(other.shape_, Shape({0}));
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, 0);
      data_ = std::move(other.data_);
    }
    return *this;
  }

  Tensor Clone() const { return Tensor(shape_, values()); }

  const Shape& shape() const { return shape_; }
  // Number of elements.
  int64_t size() const { return size_; }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  absl::Span<T> values() { return {data(), static_cast<size_t>(size_)}; }
  absl::Span<const T> values() const {
    return {data(), static_cast<size_t>(size_)};
  }

  // One element; as many indices as the rank, each in range. For tests and for
  // small jobs: loops over many elements go through data().
  template <typename... Index>
  T& operator()(Index... index) {
    return data_.get()[Offset({static_cast<int64_t>(index)...})];
  }
  template <typename... Index>
  const T& operator()(Index... index) const {
    return data_.get()[Offset({static_cast<int64_t>(index)...})];
  }

  // The elements whose first index is `i`: an example of a batch.
  absl::Span<T> Outer(int64_t i) {
    return values().subspan(OuterStart(i), OuterSize());
  }
  absl::Span<const T> Outer(int64_t i) const {
    return values().subspan(OuterStart(i), OuterSize());
  }

  void Fill(T value) { std::fill_n(data(), size_, value); }

  // Takes a new shape. The elements are unspecified afterwards, unless the
  // shape stays. Memory is allocated only if the tensor never had as many
  // elements: a buffer that is resized in each step allocates once.
  void Resize(const Shape& shape) {
    if (shape == shape_) return;
    const int64_t size = shape.num_elements();
    if (size > capacity_) {
      data_ = Allocate(size);
      capacity_ = size;
    }
    shape_ = shape;
    size_ = size;
  }

  // The same, for a shape of these sizes.
  template <typename... Sizes>
  void ResizeTo(Sizes... sizes) {
    if (!shape_.Is(sizes...)) Resize(Shape{static_cast<int64_t>(sizes)...});
  }

  // Takes a new shape of as many elements, and keeps the elements.
  void Reshape(const Shape& shape) {
    MINIDL_CHECK(shape.num_elements() == size_, "Reshape: ", shape_.ToString(),
                 " has not as many elements as ", shape.ToString());
    shape_ = shape;
  }

 private:
  struct Free {
    void operator()(T* data) const {
      ::operator delete[](data, std::align_val_t{kTensorAlignment});
    }
  };
  using Storage = std::unique_ptr<T[], Free>;

  static Storage Allocate(int64_t size) {
    const size_t bytes = static_cast<size_t>(size) * sizeof(T) + kTensorPadding;
    Storage storage(static_cast<T*>(
        ::operator new[](bytes, std::align_val_t{kTensorAlignment})));
    constexpr size_t kPaddingElements = kTensorPadding / sizeof(T);
    std::fill_n(storage.get() + size, kPaddingElements, T{0});
    return storage;
  }

  int64_t Offset(std::initializer_list<int64_t> index) const {
    MINIDL_CHECK(static_cast<int>(index.size()) == shape_.rank(),
                 "Tensor: ", index.size(), " indices for shape ",
                 shape_.ToString());
    int64_t offset = 0;
    int dimension = 0;
    for (const int64_t i : index) {
      const int64_t size = shape_[dimension++];
      MINIDL_CHECK(0 <= i && i < size, "Tensor: index ", i, " for dimension ",
                   dimension - 1, " of shape ", shape_.ToString());
      offset = offset * size + i;
    }
    return offset;
  }

  size_t OuterSize() const {
    return static_cast<size_t>(shape_[0] == 0 ? 0 : size_ / shape_[0]);
  }
  size_t OuterStart(int64_t i) const {
    MINIDL_CHECK(0 <= i && i < shape_[0], "Tensor: index ", i,
                 " for dimension 0 of shape ", shape_.ToString());
    return static_cast<size_t>(i) * OuterSize();
  }

  Shape shape_;
  int64_t size_ = 0;
  int64_t capacity_ = 0;
  Storage data_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_TENSOR_H_
