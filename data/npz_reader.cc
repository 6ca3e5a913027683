#include "data/npz_reader.h"

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// The elements are read as they lie in memory.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

namespace minidl {
namespace {

constexpr char kEnding[] = ".npy";
constexpr absl::string_view kMagic("\x93NUMPY", 6);
// Version 1.0 has headers of up to 64 KiB; later ones need more for types that
// are not read here.
constexpr size_t kMaxHeaderSize = 1 << 16;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

// The archive in `bytes`, which must outlive it.
absl::StatusOr<Archive> OpenArchive(const std::string& bytes,
                                    const std::string& path) {
  zip_error_t error;
  zip_error_init(&error);
  const absl::Cleanup end_error = [&error] { zip_error_fini(&error); };
  const auto refused = [&] {
    return absl::DataLossError(absl::StrCat(
        path,
        ": expected an .npz archive of NumPy: ", zip_error_strerror(&error)));
  };
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(),
                                                  /*freep=*/0, &error);
  if (source == nullptr) return refused();
  zip_t* archive =
      zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    zip_source_free(source);
    return refused();
  }
  return Archive(archive);
}

// What stands before the elements of a .npy file.
struct Header {
  std::string type;  // "<f4".
  bool fortran_order = false;
  std::vector<int64_t> shape;
};

// Takes Python's literals off the front of a header, which is a dictionary such
// as "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }". The
// functions are false where something else stands.
class HeaderParser {
 public:
  explicit HeaderParser(absl::string_view text) : rest_(text) {}

  bool Parse(Header& header) {
    if (!Take("{")) return false;
    while (!Take("}")) {
      std::string key;
      if (!TakeString(key) || !Take(":")) return false;
      const bool taken = key == "descr" ? TakeString(header.type)
                         : key == "fortran_order"
                             ? TakeBool(header.fortran_order)
                         : key == "shape" ? TakeTuple(header.shape)
                                          : false;
      if (!taken) return false;
      if (!Take(",") && !absl::StartsWith(Rest(), "}")) return false;
    }
    return Rest().empty();
  }

 private:
  absl::string_view Rest() {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return rest_;
  }

  bool Take(absl::string_view token) {
    Rest();
    return absl::ConsumePrefix(&rest_, token);
  }

  bool TakeString(std::string& value) {
    if (!Take("'")) return false;
    const size_t size = rest_.find('\'');
    if (size == absl::string_view::npos) return false;
    value = std::string(rest_.substr(0, size));
    rest_.remove_prefix(size + 1);
    return true;
  }

  bool TakeBool(bool& value) {
    value = Take("True");
    return value || Take("False");
  }

  bool TakeTuple(std::vector<int64_t>& values) {
    if (!Take("(")) return false;
    while (!Take(")")) {
      Rest();
      size_t digits = 0;
      while (digits < rest_.size() &&
             absl::ascii_isdigit(static_cast<unsigned char>(rest_[digits]))) {
        ++digits;
      }
      if (!absl::SimpleAtoi(rest_.substr(0, digits), &values.emplace_back())) {
        return false;
      }
      rest_.remove_prefix(digits);
      if (!Take(",") && !absl::StartsWith(Rest(), ")")) return false;
    }
    return true;
  }

  absl::string_view rest_;
};

// 0 for a type that is not read.
size_t ElementSize(absl::string_view type) {
  if (type == "<f4") return 4;
  if (type == "|u1") return 1;
  if (type == "<i8") return 8;
  return 0;
}

// The number of elements, if it is at most kMaxNpzElements.
std::optional<size_t> NumElements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size == 0) return 0;
  }
  for (const int64_t size : shape) {
    if (size > kMaxNpzElements / count) return std::nullopt;
    count *= size;
  }
  return static_cast<size_t>(count);
}

// `count` elements of type Stored, as T.
template <typename Stored, typename T>
void Convert(absl::string_view bytes, Tensor<T>& tensor) {
  for (size_t i = 0; i < static_cast<size_t>(tensor.size()); ++i) {
    Stored value;
    std::memcpy(&value, bytes.data() + i * sizeof(value), sizeof(value));
    tensor.data()[i] = static_cast<T>(value);
  }
}

}  // namespace

NpzReader::NpzReader(std::string path, std::string bytes,
                     std::vector<std::string> names)
    : path_(std::move(path)),
      bytes_(std::move(bytes)),
      names_(std::move(names)) {}

absl::StatusOr<NpzReader> NpzReader::Open(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  // To libzip an empty file is an archive without entries.
  if (bytes.empty()) {
    return absl::DataLossError(absl::StrCat(
        path, ": expected an .npz archive of NumPy, found an empty file"));
  }
  MINIDL_ASSIGN_OR_RETURN(const Archive archive, OpenArchive(bytes, path));
  std::vector<std::string> names;
  const zip_int64_t num_entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < num_entries; ++i) {
    const char* entry =
        zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
    absl::string_view name = entry == nullptr ? "" : entry;
    if (absl::ConsumeSuffix(&name, kEnding)) names.emplace_back(name);
  }
  return NpzReader(path, std::move(bytes), std::move(names));
}

bool NpzReader::Has(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

template <typename T>
absl::StatusOr<Tensor<T>> NpzReader::Read(const std::string& name) const {
  if (!Has(name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ": there is no array \"", name, "\"; expected one of ",
        names_.empty() ? "none" : absl::StrJoin(names_, ", ")));
  }
  const auto refused = [&](const auto&... reason) {
    return absl::DataLossError(
        absl::StrCat(path_, ": array \"", name, "\": ", reason...));
  };
  MINIDL_ASSIGN_OR_RETURN(const Archive archive, OpenArchive(bytes_, path_));
  const std::string file_name = name + kEnding;
  zip_stat_t info;
  zip_file_t* file = nullptr;
  if (zip_stat(archive.get(), file_name.c_str(), 0, &info) != 0 ||
      (file = zip_fopen(archive.get(), file_name.c_str(), 0)) == nullptr) {
    return refused(zip_strerror(archive.get()));
  }
  const absl::Cleanup close = [file] { zip_fclose(file); };
  // Exactly `size` bytes, or an error.
  const auto read = [&](char* output, size_t size) -> absl::Status {
    while (size > 0) {
      const zip_int64_t count = zip_fread(file, output, size);
      if (count < 0) return refused(zip_file_strerror(file));
      if (count == 0) return refused("it is cut short");
      output += count;
      size -= static_cast<size_t>(count);
    }
    return absl::OkStatus();
  };

  // https://numpy.org/doc/1.24/reference/generated/numpy.lib.format.html
  char start[8];
  MINIDL_RETURN_IF_ERROR(read(start, sizeof(start)));
  if (absl::string_view(start, kMagic.size()) != kMagic) {
    return refused("expected the format of numpy.save, found another");
  }
  const int version = start[6];
  if (version < 1 || version > 3) {
    return refused("the .npy format version is ", version,
                   "; expected 1, 2 or 3");
  }
  unsigned char length[4] = {};
  const size_t length_size = version == 1 ? 2 : 4;
  MINIDL_RETURN_IF_ERROR(read(reinterpret_cast<char*>(length), length_size));
  const size_t header_size = length[0] | size_t{length[1]} << 8 |
                             size_t{length[2]} << 16 | size_t{length[3]} << 24;
  if (header_size > kMaxHeaderSize) {
    return refused("the header has ", header_size, " bytes; expected at most ",
                   kMaxHeaderSize);
  }
  std::string text(header_size, '\0');
  MINIDL_RETURN_IF_ERROR(read(text.data(), text.size()));
  Header header;
  if (!HeaderParser(text).Parse(header)) {
    return refused("expected a header of one number type, found ",
                   absl::StripAsciiWhitespace(text));
  }
  const size_t element_size = ElementSize(header.type);
  if (element_size == 0 || (std::is_integral_v<T> && header.type == "<f4")) {
    return refused("the type is ", header.type, "; expected ",
                   std::is_integral_v<T> ? "" : "float32 (<f4), ",
                   "uint8 (|u1) or int64 (<i8)");
  }
  if (header.fortran_order) {
    return refused(
        "it is in Fortran order; expected C order, as "
        "numpy.ascontiguousarray gives it");
  }
  const std::optional<size_t> count = NumElements(header.shape);
  const std::string shape =
      absl::StrCat("[", absl::StrJoin(header.shape, ", "), "]");
  if (header.shape.size() > Shape::kMaxRank || !count.has_value()) {
    return refused("the shape is ", shape, "; expected at most ",
                   Shape::kMaxRank, " dimensions and ", kMaxNpzElements,
                   " elements");
  }
  const size_t data_size = *count * element_size;
  const size_t before = sizeof(start) + length_size + header_size;
  if (info.size != before + data_size) {
    return refused("shape ", shape, " of ", header.type, " needs ", data_size,
                   " bytes; expected as many, found ",
                   static_cast<int64_t>(info.size - before));
  }
  // No compressor makes less than 1/1032 of something (deflate's limit), so
  // that a small file cannot ask for much memory.
  if (data_size / 1032 > info.comp_size) {
    return refused("the archive promises ", data_size, " bytes and holds ",
                   info.comp_size);
  }
  std::string data(data_size, '\0');
  MINIDL_RETURN_IF_ERROR(read(data.data(), data.size()));
  // At the end libzip compares the checksum.
  char end;
  if (zip_fread(file, &end, 1) != 0) return refused(zip_file_strerror(file));

  Tensor<T> tensor{Shape(absl::MakeConstSpan(header.shape))};
  if (header.type == "<f4") {
    Convert<float>(data, tensor);
  } else if (header.type == "|u1") {
    Convert<uint8_t>(data, tensor);
  } else {
    Convert<int64_t>(data, tensor);
  }
  return tensor;
}

absl::StatusOr<Tensor<float>> NpzReader::ReadFloats(
    const std::string& name) const {
  return Read<float>(name);
}

absl::StatusOr<Tensor<int64_t>> NpzReader::ReadIntegers(
    const std::string& name) const {
  return Read<int64_t>(name);
}

}  // namespace minidl
