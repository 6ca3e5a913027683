#include "data/npz.h"

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// The elements are written as they lie in memory.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

namespace minidl {
namespace {

// 1 January 1980, 0:00, the first moment that a zip file can tell.
constexpr uint16_t kDosTime = 0;
constexpr uint16_t kDosDate = 1 << 5 | 1;

// As Python writes a tuple: "()", "(1000,)", "(1000, 2)".
std::string PythonTuple(const Shape& shape) {
  std::string tuple = "(";
  for (int i = 0; i < shape.rank(); ++i) {
    absl::StrAppend(&tuple, i == 0 ? "" : " ", shape[i],
                    i == 0 || i + 1 < shape.rank() ? "," : "");
  }
  return tuple + ")";
}

// A .npy file, format version 1.0, as numpy.lib.format describes it: magic
// string, version, size of the header, header, elements. The header is padded
// so that the elements start at a multiple of 64 bytes.
template <typename T>
std::string Npy(absl::string_view type, const Tensor<T>& array) {
  constexpr absl::string_view kMagicAndVersion("\x93NUMPY\x01\x00", 8);
  constexpr size_t kAlignment = 64;
  std::string header =
      absl::StrCat("{'descr': '", type, "', 'fortran_order': False, 'shape': ",
                   PythonTuple(array.shape()), ", }");
  const size_t unpadded = kMagicAndVersion.size() + 2 + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header.push_back('\n');
  MINIDL_CHECK(header.size() <= 0xffff, "Npy: rank ", array.shape().rank(),
               " is too much for format version 1.0");
  const std::string header_size = {static_cast<char>(header.size() & 0xff),
                                   static_cast<char>(header.size() >> 8)};
  const absl::string_view elements(
      reinterpret_cast<const char*>(array.data()),
      static_cast<size_t>(array.size()) * sizeof(T));
  return absl::StrCat(kMagicAndVersion, header_size, header, elements);
}

absl::Status ZipError(absl::string_view action, zip_error_t* error) {
  return absl::ResourceExhaustedError(absl::StrCat(
      "npz archive: cannot ", action, ": ", zip_error_strerror(error)));
}

// All that was written to `source`, an archive in memory.
absl::StatusOr<std::string> ReadSource(zip_source_t* source) {
  zip_stat_t info;
  if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0) {
    return ZipError("open", zip_source_error(source));
  }
  const absl::Cleanup close = [source] { zip_source_close(source); };
  std::string bytes(info.size, '\0');
  if (zip_source_read(source, bytes.data(), bytes.size()) !=
      static_cast<zip_int64_t>(bytes.size())) {
    return ZipError("read", zip_source_error(source));
  }
  return bytes;
}

}  // namespace

void NpzBuilder::Add(const std::string& name, const Tensor<float>& array) {
  AddEntry(name, Npy("<f4", array));
}

void NpzBuilder::Add(const std::string& name, const Tensor<int64_t>& array) {
  AddEntry(name, Npy("<i8", array));
}

void NpzBuilder::AddEntry(const std::string& name, std::string npy) {
  MINIDL_CHECK(!name.empty(), "NpzBuilder: an array needs a name");
  std::string file_name = absl::StrCat(name, ".npy");
  MINIDL_CHECK(std::none_of(entries_.begin(), entries_.end(),
                            [&file_name](const Entry& entry) {
                              return entry.file_name == file_name;
                            }),
               "NpzBuilder: two arrays have the name ", name);
  entries_.push_back({std::move(file_name), std::move(npy)});
}

absl::StatusOr<std::string> NpzBuilder::Build() const {
  MINIDL_CHECK(!entries_.empty(), "NpzBuilder: no arrays");
  zip_error_t error;
  zip_error_init(&error);
  const absl::Cleanup end_error = [&error] { zip_error_fini(&error); };
  zip_source_t* archive_source =
      zip_source_buffer_create(nullptr, 0, /*freep=*/0, &error);
  if (archive_source == nullptr) return ZipError("begin", &error);
  const absl::Cleanup free_source = [archive_source] {
    zip_source_free(archive_source);
  };
  zip_t* archive =
      zip_open_from_source(archive_source, ZIP_CREATE | ZIP_TRUNCATE, &error);
  if (archive == nullptr) return ZipError("begin", &error);
  zip_source_keep(archive_source);  // The archive owns it, and we do.
  absl::Cleanup discard = [archive] { zip_discard(archive); };

  for (const Entry& entry : entries_) {
    zip_source_t* source =
        zip_source_buffer(archive, entry.contents.data(), entry.contents.size(),
                          /*freep=*/0);
    if (source == nullptr) return ZipError("add", zip_get_error(archive));
    const zip_int64_t index = zip_file_add(archive, entry.file_name.c_str(),
                                           source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return ZipError("add", zip_get_error(archive));
    }
    const auto added = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive, added, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive, added, kDosTime, kDosDate, 0) != 0) {
      return ZipError("add", zip_get_error(archive));
    }
  }

  if (zip_close(archive) != 0) return ZipError("end", zip_get_error(archive));
  std::move(discard).Cancel();
  return ReadSource(archive_source);
}

}  // namespace minidl
