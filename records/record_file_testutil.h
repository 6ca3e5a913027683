#ifndef MINIDL_RECORDS_RECORD_FILE_TESTUTIL_H_
#define MINIDL_RECORDS_RECORD_FILE_TESTUTIL_H_

#include <string>
#include <vector>

#include "records/record_reader.h"

namespace minidl {

// A path for the running test, in a directory of its own that starts empty. The
// first call of a test makes it.
std::string TestFile(const std::string& name);

// The contents of a record file with these payloads.
std::string Frames(const std::vector<std::string>& payloads);

// All payloads up to the end or the first error; then `reader.Next()` gives it.
std::vector<std::string> ReadPayloads(RecordReader& reader);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RECORD_FILE_TESTUTIL_H_
