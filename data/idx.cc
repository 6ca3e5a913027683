#include "data/idx.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "data/gzip.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr uint8_t kUnsignedByte = 0x08;
// Two zeros, the type, and the number of dimensions.
constexpr size_t kMagicSize = 4;
constexpr size_t kMaxHeaderSize = kMagicSize + 4 * 255;

struct Header {
  Shape shape;
  size_t data_start;
  size_t data_size;
};

absl::Status Unexpected(const std::string& name, size_t offset,
                        absl::string_view field, absl::string_view expected,
                        absl::string_view found) {
  return absl::DataLossError(absl::StrCat(name, ": byte ", offset, " (", field,
                                          "): expected ", expected, ", found ",
                                          found));
}

uint8_t Byte(absl::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

uint32_t BigEndian32(absl::string_view bytes, size_t start) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | Byte(bytes, start + i);
  return value;
}

// "0x0d (float)".
std::string ElementType(uint8_t type) {
  const absl::string_view description = [type] {
    switch (type) {
      case kUnsignedByte:
        return "unsigned byte";
      case 0x09:
        return "signed byte";
      case 0x0b:
        return "short";
      case 0x0c:
        return "int";
      case 0x0d:
        return "float";
      case 0x0e:
        return "double";
      default:
        return "not a type of IDX";
    }
  }();
  return absl::StrCat("0x", absl::Hex(type, absl::kZeroPad2), " (", description,
                      ")");
}

// What somebody has who does not have an IDX file.
std::string DescribeOtherFile(absl::string_view bytes) {
  if (bytes.empty()) return "an empty file";
  if (IsGzip(bytes))
    return "gzip data in gzip data: the file was gzipped twice";
  constexpr size_t kExcerpt = 24;
  const std::string excerpt =
      absl::StrCat("\"", absl::CHexEscape(bytes.substr(0, kExcerpt)), "\"");
  if (!absl::StartsWith(bytes, "<")) return excerpt;
  return absl::StrCat(excerpt,
                      ": a web page, perhaps an error message of the server "
                      "that the file was downloaded from");
}

// `bytes` are the start of the file, or all of it.
absl::StatusOr<Header> ParseHeader(absl::string_view bytes,
                                   const std::string& name) {
  if (!absl::StartsWith(bytes, absl::string_view("\0\0", 2))) {
    return Unexpected(name, 0, "magic number", "two zero bytes",
                      DescribeOtherFile(bytes));
  }
  if (bytes.size() < kMagicSize) {
    return Unexpected(name, bytes.size(), "magic number", "4 bytes",
                      "the end of the file");
  }
  if (Byte(bytes, 2) != kUnsignedByte) {
    return Unexpected(name, 2, "element type", ElementType(kUnsignedByte),
                      ElementType(Byte(bytes, 2)));
  }
  const size_t rank = Byte(bytes, 3);
  if (rank == 0 || rank > Shape::kMaxRank) {
    return Unexpected(name, 3, "number of dimensions",
                      absl::StrCat("1 to ", Shape::kMaxRank),
                      absl::StrCat(rank));
  }
  std::vector<int64_t> sizes;
  int64_t elements = 1;  // Of the file if sizes of 0 were 1: no overflow later.
  for (size_t i = 0; i < rank; ++i) {
    const size_t offset = kMagicSize + 4 * i;
    const std::string field =
        absl::StrCat("size of dimension ", i, " of ", rank);
    if (bytes.size() < offset + 4) {
      return Unexpected(
          name, offset, field, "4 bytes",
          absl::StrCat("the end of the file after ", bytes.size() - offset));
    }
    const uint32_t size = BigEndian32(bytes, offset);
    sizes.push_back(size);
    if (size > 0) elements *= size;
    if (elements > kMaxIdxElements) {
      return Unexpected(
          name, offset, field,
          absl::StrCat("at most ", kMaxIdxElements, " elements in all"),
          absl::StrCat("sizes ", absl::StrJoin(sizes, " x ")));
    }
  }
  Header header;
  header.shape = Shape(absl::MakeConstSpan(sizes));
  header.data_start = kMagicSize + 4 * rank;
  header.data_size = static_cast<size_t>(header.shape.num_elements());
  return header;
}

absl::StatusOr<Tensor<uint8_t>> ParseData(const Header& header,
                                          absl::string_view bytes,
                                          const std::string& name) {
  const absl::string_view data = bytes.substr(header.data_start);
  if (data.size() < header.data_size) {
    return Unexpected(
        name, bytes.size(), "data",
        absl::StrCat(header.data_size, " bytes from byte ", header.data_start,
                     " on, for shape ", header.shape.ToString()),
        absl::StrCat("the end of the file after ", data.size()));
  }
  if (data.size() > header.data_size) {
    return Unexpected(name, header.data_start + header.data_size, "data",
                      absl::StrCat("the end of the file after shape ",
                                   header.shape.ToString()),
                      "more bytes");
  }
  return Tensor<uint8_t>(
      header.shape,
      absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(data.data()),
                          data.size()));
}

}  // namespace

absl::StatusOr<Tensor<uint8_t>> ReadIdx(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  return ParseIdx(bytes, path);
}

absl::StatusOr<Tensor<uint8_t>> ParseIdx(absl::string_view bytes,
                                         const std::string& name) {
  if (!IsGzip(bytes)) {
    MINIDL_ASSIGN_OR_RETURN(const Header header, ParseHeader(bytes, name));
    return ParseData(header, bytes, name);
  }
  // The header says how much there is to decompress: a byte more is too much.
  MINIDL_ASSIGN_OR_RETURN(const std::string start,
                          Gunzip(bytes, name, kMaxHeaderSize));
  MINIDL_ASSIGN_OR_RETURN(const Header header, ParseHeader(start, name));
  MINIDL_ASSIGN_OR_RETURN(
      const std::string all,
      Gunzip(bytes, name, header.data_start + header.data_size + 1));
  return ParseData(header, all, name);
}

}  // namespace minidl
