#ifndef MINIDL_RECORDS_GOOD_RECORDS_H_
#define MINIDL_RECORDS_GOOD_RECORDS_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "records/record_reader.h"

namespace minidl {

// Bytes of a record file that belong to no good record.
struct Gap {
  // What is wrong at `begin`, as RecordReader::Next says it: a torn or a
  // corrupt record.
  absl::Status error;
  int64_t begin;
  int64_t end;  // Where the next good record begins, or the end of the file.
  bool record_follows;
};

// "FILE: record 3 at byte 300 is corrupt: why; 120 bytes are lost, the next
// good record is at byte 420".
std::string DescribeGap(const Gap& gap);

// A good record. Its number, from 0, counts good ones only.
struct GoodRecord {
  int64_t number;
  int64_t begin;
  std::string payload;
};

// Reads a file to its end: calls `visit` with every good record and `visit_gap`
// with what lies between, in the file's order. Stops at the first error of
// theirs, or if the file cannot be read.
absl::Status ForEachGoodRecord(
    RecordReader& reader,
    absl::FunctionRef<absl::Status(const GoodRecord& record)> visit,
    absl::FunctionRef<absl::Status(const Gap& gap)> visit_gap);

}  // namespace minidl

#endif  // MINIDL_RECORDS_GOOD_RECORDS_H_
