// IDX files, gzipped or not: the first byte says whether the rest is a file as
// it is, or what one holds once decompressed.

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "data/idx.h"
#include "tensor/tensor.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

std::string Gzip(absl::string_view contents) {
  z_stream stream = {};
  MINIDL_CHECK(deflateInit2(&stream, /*level=*/1, Z_DEFLATED, 15 + 16, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK,
               "deflateInit2");
  std::string compressed(deflateBound(&stream, contents.size()), '\0');
  std::string input(contents);  // zlib does not change it.
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  MINIDL_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate");
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  const bool gzip = input.TakeByte() % 2 == 1;
  const absl::StatusOr<minidl::Tensor<uint8_t>> plain =
      minidl::ParseIdx(input.rest(), "file");
  if (!gzip) return 0;
  const absl::StatusOr<minidl::Tensor<uint8_t>> compressed =
      minidl::ParseIdx(Gzip(input.rest()), "file");
  // What was gzipped twice is no file.
  if (input.rest().substr(0, 2) == "\x1f\x8b") return 0;
  MINIDL_CHECK(plain.ok() == compressed.ok(), plain.status().ToString(),
               " and ", compressed.status().ToString());
  MINIDL_CHECK(!plain.ok() || plain->values() == compressed->values(),
               "gzip changes what is read");
  return 0;
}
