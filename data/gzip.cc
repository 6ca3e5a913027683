#include "data/gzip.h"

#define ZLIB_CONST  // zlib's input is const.
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minidl {
namespace {

// The largest window, and gzip's header and checksum rather than zlib's.
constexpr int kGzipWindowBits = 15 + 16;

}  // namespace

bool IsGzip(absl::string_view bytes) {
  return absl::StartsWith(bytes, "\x1f\x8b");
}

absl::StatusOr<std::string> Gunzip(absl::string_view compressed,
                                   const std::string& name, size_t max_size) {
  z_stream stream = {};
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": no memory for decompressing"));
  }
  const absl::Cleanup end_stream = [&stream] { inflateEnd(&stream); };

  std::string result;
  absl::string_view rest = compressed;
  const auto error = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(
        name, ": ", what, " at byte ", compressed.size() - rest.size(),
        " of the compressed file (byte ", result.size(), " decompressed)"));
  };
  while (result.size() < max_size) {
    char buffer[1 << 16];
    const auto input = static_cast<uInt>(
        std::min<size_t>(rest.size(), std::numeric_limits<uInt>::max()));
    const auto space = static_cast<uInt>(
        std::min<size_t>(max_size - result.size(), sizeof(buffer)));
    stream.next_in = reinterpret_cast<const Bytef*>(rest.data());
    stream.avail_in = input;
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = space;
    const int code = inflate(&stream, Z_NO_FLUSH);
    rest.remove_prefix(input - stream.avail_in);
    result.append(buffer, space - stream.avail_out);

    if (code == Z_STREAM_END) {
      if (rest.empty()) return result;
      if (!IsGzip(rest))
        return error("the gzip data end, but the file goes on,");
      inflateReset(&stream);  // The next member.
    } else if (code == Z_BUF_ERROR) {
      return error("the gzip data are cut short");
    } else if (code != Z_OK) {
      return error(absl::StrCat("corrupt gzip data (",
                                stream.msg ? stream.msg : zError(code), ")"));
    }
  }
  return result;
}

}  // namespace minidl
