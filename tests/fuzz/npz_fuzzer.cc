// NumPy archives: the first byte says whether the rest is one as it is, or the
// contents of an archive's only array, put into a zip file as its checksums and
// sizes require.

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "data/npz_reader.h"
#include "tensor/tensor.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

std::string LittleEndian(size_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return bytes;
}

// A zip file of one entry, which is stored: section 4.3 of
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
std::string Archive(absl::string_view contents) {
  constexpr absl::string_view kName = "x.npy";
  const uLong checksum =
      crc32(0, reinterpret_cast<const Bytef*>(contents.data()),
            static_cast<uInt>(contents.size()));
  // From the version that it takes to the length of the extra field.
  const std::string common = absl::StrCat(
      LittleEndian(10, 2), LittleEndian(0, 2), LittleEndian(0, 2),
      LittleEndian(0, 2), LittleEndian(33, 2), LittleEndian(checksum, 4),
      LittleEndian(contents.size(), 4), LittleEndian(contents.size(), 4),
      LittleEndian(kName.size(), 2), LittleEndian(0, 2));
  const std::string entry = absl::StrCat("PK\x03\x04", common, kName, contents);
  const std::string directory = absl::StrCat(
      "PK\x01\x02", LittleEndian(10, 2), common, std::string(14, '\0'), kName);
  return absl::StrCat(entry, directory, "PK\x05\x06", LittleEndian(0, 4),
                      LittleEndian(1, 2), LittleEndian(1, 2),
                      LittleEndian(directory.size(), 4),
                      LittleEndian(entry.size(), 4), LittleEndian(0, 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  const bool is_array = input.TakeByte() % 2 == 1;
  const minidl::FuzzFile file(is_array ? Archive(input.rest())
                                       : std::string(input.rest()));
  const absl::StatusOr<minidl::NpzReader> reader =
      minidl::NpzReader::Open(file.path());
  MINIDL_CHECK(!is_array || reader.ok(), reader.status().ToString());
  if (!reader.ok()) return 0;
  for (const std::string& name : reader->names()) {
    const auto floats = reader->ReadFloats(name);
    const auto integers = reader->ReadIntegers(name);
    // Integers can be read as both.
    MINIDL_CHECK(!integers.ok() || floats.ok(), floats.status().ToString());
    MINIDL_CHECK(!integers.ok() || integers->shape() == floats->shape(),
                 integers->shape().ToString());
  }
  return 0;
}
