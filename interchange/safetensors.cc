#include "interchange/safetensors.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "nlohmann/json.hpp"
#include "proto/model.pb.h"

namespace minidl {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "numbers are copied as they are");

constexpr size_t kLengthSize = sizeof(uint64_t);
// The largest integer up to which doubles, as JSON's numbers are in many
// readers, hold every one.
constexpr uint64_t kMaxInteger = uint64_t{1} << 53;
constexpr char kMetadata[] = "__metadata__";

// Bytes of one element, or 0 if the format has no such type.
int64_t ElementSize(absl::string_view dtype) {
  static const auto* const sizes = new std::map<absl::string_view, int64_t>{
      {"BOOL", 1}, {"U8", 1},      {"I8", 1},  {"F8_E4M3", 1},
      {"I16", 2},  {"F8_E5M2", 1}, {"U16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4},     {"U32", 4}, {"F32", 4},
      {"F64", 8},  {"I64", 8},     {"U64", 8}, {"C64", 8}};
  const auto size = sizes->find(dtype);
  return size == sizes->end() ? 0 : size->second;
}

// What the header says of a tensor.
struct HeaderEntry {
  SafetensorsEntry entry;  // Without its data.
  std::vector<int64_t> offsets;
};

// Takes a header's values as the parser comes upon them, and stops it at the
// first that the format does not have there. Nothing is nested deeper than
// {"name": {"shape": [1]}}, so that neither the parser nor this needs memory
// for depth.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  const std::string& error() const { return error_; }
  std::map<std::string, std::string>& metadata() { return metadata_; }
  std::vector<HeaderEntry>& entries() { return entries_; }

  bool null() override { return Unexpected("null"); }
  bool boolean(bool /*value*/) override { return Unexpected("a truth value"); }
  bool number_integer(int64_t value) override {
    return Unexpected(absl::StrCat(value));
  }
  bool number_float(double /*value*/, const std::string& text) override {
    return Unexpected(absl::StrCat("the number ", text.substr(0, 30)));
  }
  bool binary(binary_t& /*value*/) override { return Unexpected("bytes"); }

  bool number_unsigned(uint64_t value) override {
    if (place_ != Place::kInArray) return Unexpected(absl::StrCat(value));
    if (value > kMaxInteger) {
      return Fail(absl::StrCat(Where(), ": ", value, " is more than 2^53"));
    }
    Array().push_back(static_cast<int64_t>(value));
    return true;
  }

  bool string(std::string& value) override {
    if (place_ == Place::kInMetadata) {
      metadata_[field_] = std::move(value);
    } else if (place_ == Place::kInEntry && field_ == "dtype") {
      entries_.back().entry.dtype = std::move(value);
    } else {
      return Unexpected("a string");
    }
    return true;
  }

  bool start_object(size_t /*size*/) override {
    if (place_ == Place::kOutside) {
      place_ = Place::kInHeader;
    } else if (place_ == Place::kInHeader) {
      fields_.clear();
      if (name_ == kMetadata) {
        place_ = Place::kInMetadata;
      } else {
        place_ = Place::kInEntry;
        entries_.emplace_back().entry.name = name_;
      }
    } else {
      return Unexpected("an object");
    }
    return true;
  }

  bool key(std::string& key) override {
    // Before the object that follows.
    if (place_ == Place::kInHeader) {
      name_ = std::move(key);
      field_.clear();
      return names_.insert(name_).second || Fail(Where() + " is there twice");
    }
    field_ = std::move(key);
    if (!fields_.insert(field_).second) {
      return Fail(Where() + " is there twice");
    }
    if (place_ == Place::kInEntry && field_ != "dtype" && field_ != "shape" &&
        field_ != "data_offsets") {
      return Fail(Where() + " is none of dtype, shape and data_offsets");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kInEntry) {
      for (const char* field : {"dtype", "shape", "data_offsets"}) {
        if (fields_.count(field) == 0) {
          field_ = field;
          return Fail(Where() + " is missing");
        }
      }
    }
    place_ = place_ == Place::kInHeader ? Place::kOutside : Place::kInHeader;
    return true;
  }

  bool start_array(size_t /*size*/) override {
    if (place_ != Place::kInEntry || field_ == "dtype") {
      return Unexpected("an array");
    }
    place_ = Place::kInArray;
    return true;
  }

  bool end_array() override {
    if (field_ == "data_offsets" && Array().size() != 2) {
      return Fail(absl::StrCat(Where(), " has ", Array().size(),
                               " numbers; expected 2"));
    }
    place_ = Place::kInEntry;
    return true;
  }

  bool parse_error(size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*exception*/) override {
    return Fail(absl::StrCat("it is not JSON at its byte ", position));
  }

 private:
  // What the next value is in.
  enum class Place { kOutside, kInHeader, kInMetadata, kInEntry, kInArray };

  std::vector<int64_t>& Array() {
    HeaderEntry& last = entries_.back();
    return field_ == "shape" ? last.entry.shape : last.offsets;
  }

  // The field that is read, for messages.
  std::string Where() const {
    return place_ == Place::kInHeader || field_.empty()
               ? QuotedForMessage(name_)
               : absl::StrCat(QuotedForMessage(name_), ": ",
                              QuotedForMessage(field_));
  }

  bool Unexpected(absl::string_view what) {
    switch (place_) {
      case Place::kOutside:
        return Fail(absl::StrCat("it is ", what, "; expected an object"));
      case Place::kInHeader:
        return Fail(
            absl::StrCat(Where(), " is ", what, "; expected an object"));
      case Place::kInMetadata:
        return Fail(absl::StrCat(Where(), " is ", what, "; expected a string"));
      case Place::kInEntry:
        return Fail(absl::StrCat(
            Where(), " is ", what, "; expected ",
            field_ == "dtype" ? "a string" : "an array of integers"));
      case Place::kInArray:
        return Fail(absl::StrCat(Where(), " has ", what,
                                 "; expected integers of at least 0"));
    }
    return false;
  }

  bool Fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  Place place_ = Place::kOutside;
  std::string name_;   // Of the tensor, or "__metadata__".
  std::string field_;  // In its object.
  std::set<std::string> names_;
  std::set<std::string> fields_;
  std::map<std::string, std::string> metadata_;
  std::vector<HeaderEntry> entries_;
  std::string error_;
};

// The bytes of a tensor, or -1 if they are more than `most`.
int64_t DataSize(const SafetensorsEntry& entry, int64_t most) {
  const std::vector<int64_t>& shape = entry.shape;
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  int64_t size = ElementSize(entry.dtype);
  for (const int64_t dimension : shape) {
    if (dimension > most / size) return -1;
    size *= dimension;
  }
  return size <= most ? size : -1;
}

absl::Status Corrupt(const SafetensorsEntry& entry, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("tensor ", QuotedForMessage(entry.name), " ", what));
}

// Checks what the header says of `entry`, whose data are within `data`, and
// sets them.
absl::Status SetData(const std::vector<int64_t>& offsets,
                     absl::string_view data, SafetensorsEntry& entry) {
  if (ElementSize(entry.dtype) == 0) {
    return Corrupt(entry,
                   absl::StrCat("has dtype ", QuotedForMessage(entry.dtype),
                                ", which is none of the format's"));
  }
  const auto data_size = static_cast<int64_t>(data.size());
  const std::string range =
      absl::StrCat("has data_offsets [", offsets[0], ", ", offsets[1], "]");
  if (offsets[0] > offsets[1]) {
    return Corrupt(entry, absl::StrCat(range,
                                       ", whose end is before the "
                                       "beginning"));
  }
  if (offsets[1] > data_size) {
    return Corrupt(entry, absl::StrCat(range, ", but the file has ", data_size,
                                       " bytes of data"));
  }
  const int64_t size = offsets[1] - offsets[0];
  if (DataSize(entry, data_size) != size) {
    return Corrupt(entry, absl::StrCat(range, ", ", size,
                                       " bytes, which is not what "
                                       "its dtype and shape take"));
  }
  entry.data =
      data.substr(static_cast<size_t>(offsets[0]), static_cast<size_t>(size));
  return absl::OkStatus();
}

absl::Status ReadHeader(absl::string_view header, HeaderReader& reader) {
  // The parser would skip blanks and a byte order mark.
  if (header.empty() || header[0] != '{') {
    return absl::DataLossError("the header does not begin with '{'");
  }
  // To the parser, a zero byte is the end.
  const size_t zero = header.find('\0');
  if (zero != absl::string_view::npos) {
    return absl::DataLossError(absl::StrCat(
        "the header is wrong: it is not JSON at its byte ", zero + 1));
  }
  if (!nlohmann::json::sax_parse(header.begin(), header.end(), &reader)) {
    return absl::DataLossError(
        absl::StrCat("the header is wrong: ", reader.error()));
  }
  return absl::OkStatus();
}

}  // namespace

std::string QuotedForMessage(absl::string_view text) {
  constexpr size_t kLongest = 80;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kLongest)),
                      text.size() > kLongest ? "..." : "", "\"");
}

absl::StatusOr<Safetensors> ParseSafetensors(absl::string_view bytes) {
  if (bytes.size() < kLengthSize) {
    return absl::DataLossError(
        absl::StrCat("it has ", bytes.size(),
                     " bytes; expected 8 at least, the header's length"));
  }
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  bytes.remove_prefix(kLengthSize);
  if (length > kMaxSafetensorsHeader) {
    return absl::DataLossError(absl::StrCat(
        "its first 8 bytes say that the header has ", length,
        " bytes; at most ", kMaxSafetensorsHeader, " are allowed"));
  }
  if (length > bytes.size()) {
    return absl::DataLossError(
        absl::StrCat("it is cut short: after its first 8 bytes it has ",
                     bytes.size(), " bytes, and the header has ", length));
  }
  HeaderReader header;
  MINIDL_RETURN_IF_ERROR(ReadHeader(bytes.substr(0, length), header));
  bytes.remove_prefix(length);

  std::vector<HeaderEntry>& entries = header.entries();
  std::sort(entries.begin(), entries.end(),
            [](const HeaderEntry& a, const HeaderEntry& b) {
              return a.offsets < b.offsets;
            });
  Safetensors file;
  file.metadata = std::move(header.metadata());
  int64_t end = 0;
  for (HeaderEntry& entry : entries) {
    MINIDL_RETURN_IF_ERROR(SetData(entry.offsets, bytes, entry.entry));
    if (entry.offsets[0] != end) {
      return Corrupt(
          entry.entry,
          absl::StrCat("has data that begin at ", entry.offsets[0], ", ",
                       entry.offsets[0] < end
                           ? "within the tensor before"
                           : "after bytes that belong to no tensor",
                       "; expected ", end));
    }
    end = entry.offsets[1];
    file.entries.push_back(std::move(entry.entry));
  }
  if (bytes.size() != static_cast<size_t>(end)) {
    return absl::DataLossError(absl::StrCat("it has ", bytes.size(),
                                            " bytes of data; expected ", end,
                                            ", where the last tensor ends"));
  }
  return file;
}

absl::StatusOr<std::string> SerializeSafetensors(
    const std::map<std::string, std::string>& metadata,
    const std::vector<const proto::NamedTensor*>& tensors) {
  nlohmann::json header = nlohmann::json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  size_t end = 0;
  for (const proto::NamedTensor* tensor : tensors) {
    const size_t begin = end;
    end += static_cast<size_t>(tensor->values_size()) * sizeof(float);
    nlohmann::json& entry = header[tensor->name()];
    entry["dtype"] = "F32";
    entry["shape"] =
        std::vector<int64_t>(tensor->shape().begin(), tensor->shape().end());
    entry["data_offsets"] = {begin, end};
  }
  // Bytes that are not UTF-8, in descriptions, are replaced.
  std::string text = header.dump(
      /*indent=*/-1, ' ', /*ensure_ascii=*/false,
      nlohmann::json::error_handler_t::replace);
  // As the format's own writer does it, so that values are aligned.
  text.append((kLengthSize - text.size() % kLengthSize) % kLengthSize, ' ');
  if (text.size() > kMaxSafetensorsHeader) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the header of the safetensors file would have ", text.size(),
        " bytes; at most ", kMaxSafetensorsHeader, " are allowed"));
  }
  const uint64_t length = text.size();
  std::string bytes;
  bytes.reserve(kLengthSize + text.size() + end);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  bytes += text;
  for (const proto::NamedTensor* tensor : tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor->values().data()),
                 static_cast<size_t>(tensor->values_size()) * sizeof(float));
  }
  return bytes;
}

}  // namespace minidl
