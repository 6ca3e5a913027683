#include "data/npz_reader.h"

#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
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
#include "absl/strings/escaping.h"
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

// The number of elements, if it is at most kMaxNpzElements. Sizes beside a 0
// count as well: who multiplies them must not overflow.
std::optional<size_t> NumElements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  bool is_empty = false;
  for (const int64_t size : shape) {
    is_empty = is_empty || size == 0;
    if (size == 0) continue;
    if (size > kMaxNpzElements / count) return std::nullopt;
    count *= size;
  }
  return is_empty ? 0 : static_cast<size_t>(count);
}

// What a file says, fit for a terminal and short.
std::string Quoted(absl::string_view text) {
  constexpr size_t kMaxSize = 80;
  const bool is_long = text.size() > kMaxSize;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMaxSize)),
                      is_long ? "…\"" : "\"");
}

// The names of the arrays that there are, or of the first of them.
std::string ListNames(const std::vector<std::string>& names) {
  constexpr size_t kMaxNames = 12;
  const size_t shown = std::min(names.size(), kMaxNames);
  return absl::StrCat(
      absl::StrJoin(names.begin(),
                    names.begin() + static_cast<std::ptrdiff_t>(shown), ", ",
                    [](std::string* out, const std::string& name) {
                      absl::StrAppend(out,
                                      absl::CHexEscape(name.substr(0, 80)));
                    }),
      shown < names.size()
          ? absl::StrCat(" and ", names.size() - shown, " others")
          : "");
}

// Whom a user may have who has no archive.
std::string DescribeOtherFile(absl::string_view start) {
  if (start.empty()) return "an empty file";
  if (absl::StartsWith(start, kMagic)) {
    return "a single array, as numpy.save writes it";
  }
  if (absl::StartsWith(start, "\x80")) return "a pickle";
  return absl::StrCat("the bytes ", Quoted(start));
}

// An entry of an archive that is being read.
class EntryReader {
 public:
  EntryReader(zip_t* archive, uint64_t entry)
      : archive_(archive), file_(zip_fopen_index(archive, entry, 0)) {}
  EntryReader(const EntryReader&) = delete;
  EntryReader& operator=(const EntryReader&) = delete;
  ~EntryReader() {
    if (file_ != nullptr) zip_fclose(file_);
  }

  // Exactly `size` bytes, or an error that has no name yet.
  absl::Status Read(char* output, size_t size) {
    if (file_ == nullptr) return absl::DataLossError(zip_strerror(archive_));
    while (size > 0) {
      const zip_int64_t count = zip_fread(file_, output, size);
      if (count < 0) return absl::DataLossError(zip_file_strerror(file_));
      if (count == 0) return absl::DataLossError("it is cut short");
      output += count;
      size -= static_cast<size_t>(count);
    }
    return absl::OkStatus();
  }

  // An error unless this is the end, where libzip compares the checksum.
  absl::Status ExpectEnd() {
    char end;
    const zip_int64_t count = zip_fread(file_, &end, 1);
    if (count < 0) return absl::DataLossError(zip_file_strerror(file_));
    if (count > 0) return absl::DataLossError("it goes on after its elements");
    return absl::OkStatus();
  }

 private:
  zip_t* archive_;
  zip_file_t* file_;
};

// Reads all elements, which are of type Stored, as T.
template <typename Stored, typename T>
absl::Status ReadElements(EntryReader& entry, absl::Span<T> elements) {
  Stored buffer[4096];
  while (!elements.empty()) {
    const size_t count = std::min(elements.size(), std::size(buffer));
    MINIDL_RETURN_IF_ERROR(
        entry.Read(reinterpret_cast<char*>(buffer), count * sizeof(Stored)));
    for (size_t i = 0; i < count; ++i) {
      elements[i] = static_cast<T>(buffer[i]);
    }
    elements.remove_prefix(count);
  }
  return absl::OkStatus();
}

}  // namespace

void NpzReader::Discard::operator()(zip* archive) const {
  zip_discard(archive);
}

absl::StatusOr<NpzReader> NpzReader::Open(const std::string& path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return FileError(path, "cannot open");
  struct stat info;
  if (fstat(fileno(file.get()), &info) != 0) {
    return FileError(path, "cannot read");
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": expected an .npz archive of NumPy, found ",
        S_ISDIR(info.st_mode) ? "a directory" : "no regular file"));
  }
  const auto refused = [&path](const auto&... reason) {
    return absl::DataLossError(
        absl::StrCat(path, ": expected an .npz archive of NumPy", reason...));
  };
  // To libzip an empty file is an archive without entries, and what stands
  // before an archive does not matter.
  char start[16];
  const absl::string_view bytes(
      start, std::fread(start, 1, sizeof(start), file.get()));
  if (!absl::StartsWith(bytes, "PK")) {
    return refused(", as numpy.savez writes it, found ",
                   DescribeOtherFile(bytes));
  }
  std::rewind(file.get());

  zip_error_t error;
  zip_error_init(&error);
  const absl::Cleanup end_error = [&error] { zip_error_fini(&error); };
  zip_source_t* source = zip_source_filep_create(file.get(), 0, -1, &error);
  if (source == nullptr) return refused(": ", zip_error_strerror(&error));
  file.release();  // The source closes it.
  zip_t* archive =
      zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    zip_source_free(source);
    // One reader takes the first of them, and another the last.
    if (zip_error_code_zip(&error) == ZIP_ER_EXISTS) {
      return refused(", found one with two entries of the same name");
    }
    return refused(": ", zip_error_strerror(&error));
  }
  NpzReader reader(path, static_cast<uint64_t>(info.st_size), Archive(archive));
  MINIDL_RETURN_IF_ERROR(reader.ReadNames());
  return reader;
}

absl::Status NpzReader::ReadNames() {
  const zip_int64_t num_entries = zip_get_num_entries(archive_.get(), 0);
  std::string other;
  for (zip_int64_t i = 0; i < num_entries; ++i) {
    const auto entry = static_cast<zip_uint64_t>(i);
    const char* file_name = zip_get_name(archive_.get(), entry, 0);
    absl::string_view name = file_name == nullptr ? "" : file_name;
    if (!absl::ConsumeSuffix(&name, kEnding)) {
      if (other.empty()) other = std::string(name);
      continue;
    }
    names_.emplace_back(name);
    entries_.push_back(entry);
  }
  if (names_.empty()) {
    return absl::DataLossError(absl::StrCat(
        path_, ": expected an .npz archive of NumPy, found a zip file without ",
        "arrays",
        other.empty() ? "" : absl::StrCat(", but with ", Quoted(other))));
  }
  return absl::OkStatus();
}

bool NpzReader::Has(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

template <typename T>
absl::StatusOr<Tensor<T>> NpzReader::Read(const std::string& name,
                                          ShapeCheck check_shape) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": there is no array \"", name,
                     "\"; expected one of ", ListNames(names_)));
  }
  const uint64_t index = entries_[static_cast<size_t>(found - names_.begin())];
  const auto refused = [&](const auto&... reason) {
    return absl::DataLossError(
        absl::StrCat(path_, ": array \"", name, "\": ", reason...));
  };
  zip_stat_t info;
  if (zip_stat_index(archive_.get(), index, 0, &info) != 0) {
    return refused(zip_strerror(archive_.get()));
  }
  // Others, some of which ask for gigabytes to begin with, are not even opened.
  if (info.encryption_method != ZIP_EM_NONE) {
    return refused("it is encrypted; expected what numpy.savez writes");
  }
  if (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE) {
    return refused("it is compressed by method ", info.comp_method,
                   "; expected 0 or 8, as numpy.savez and "
                   "numpy.savez_compressed write it");
  }
  EntryReader entry(archive_.get(), index);
  const auto read = [&](char* output, size_t size) -> absl::Status {
    const absl::Status status = entry.Read(output, size);
    return status.ok() ? status : refused(status.message());
  };

  // https://numpy.org/doc/1.24/reference/generated/numpy.lib.format.html
  char start[8];
  MINIDL_RETURN_IF_ERROR(read(start, sizeof(start)));
  if (absl::string_view(start, kMagic.size()) != kMagic) {
    return refused("expected the format of numpy.save, found ",
                   DescribeOtherFile({start, sizeof(start)}));
  }
  const int version = static_cast<unsigned char>(start[6]);
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
                   Quoted(absl::StripAsciiWhitespace(text)));
  }
  const size_t element_size = ElementSize(header.type);
  if (element_size == 0 || (std::is_integral_v<T> && header.type == "<f4")) {
    // An array of objects is a pickle, which is a program.
    return refused(
        "the type is ", absl::CHexEscape(header.type.substr(0, 16)),
        absl::StartsWith(header.type, "|O") ? ", Python objects in a pickle"
                                            : "",
        "; expected ", std::is_integral_v<T> ? "" : "float32 (<f4), ",
        "uint8 (|u1) or int64 (<i8)");
  }
  if (header.fortran_order) {
    return refused(
        "it is in Fortran order; expected C order, as "
        "numpy.ascontiguousarray gives it");
  }
  const std::optional<size_t> count = NumElements(header.shape);
  if (header.shape.size() > Shape::kMaxRank || !count.has_value()) {
    const size_t shown = std::min(header.shape.size(), size_t{16});
    return refused(
        "the shape is [",
        absl::StrJoin(absl::MakeSpan(header.shape).first(shown), ", "),
        shown < header.shape.size() ? ", …]" : "]", "; expected at most ",
        Shape::kMaxRank, " dimensions and ", kMaxNpzElements, " elements");
  }
  const Shape shape(absl::MakeConstSpan(header.shape));
  const uint64_t data_size = uint64_t{*count} * element_size;
  const uint64_t before = sizeof(start) + length_size + header_size;
  if (info.size != before + data_size) {
    return refused("shape ", shape.ToString(), " of ", header.type, " needs ",
                   data_size, " bytes; expected as many, found ",
                   static_cast<int64_t>(info.size - before));
  }
  // No deflated byte becomes more than 1032, so that a small file cannot ask
  // for much memory.
  const uint64_t held = std::min(info.comp_size, file_size_);
  if (data_size / 1032 > held) {
    return refused("the archive promises ", data_size, " bytes and holds ",
                   held);
  }
  MINIDL_RETURN_IF_ERROR(check_shape(shape));
  Tensor<T> tensor(shape);
  const auto read_elements = [&]() -> absl::Status {
    MINIDL_RETURN_IF_ERROR(
        header.type == "<f4"   ? ReadElements<float>(entry, tensor.values())
        : header.type == "|u1" ? ReadElements<uint8_t>(entry, tensor.values())
                               : ReadElements<int64_t>(entry, tensor.values()));
    return entry.ExpectEnd();
  };
  const absl::Status status = read_elements();
  if (!status.ok()) return refused(status.message());
  return tensor;
}

absl::StatusOr<Tensor<float>> NpzReader::ReadFloats(
    const std::string& name, ShapeCheck check_shape) const {
  return Read<float>(name, check_shape);
}

absl::StatusOr<Tensor<int64_t>> NpzReader::ReadIntegers(
    const std::string& name, ShapeCheck check_shape) const {
  return Read<int64_t>(name, check_shape);
}

}  // namespace minidl
