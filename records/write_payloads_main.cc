// write_payloads FILE PAYLOAD...: writes a record file, for
// interchange_test.py.
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "records/record_writer.h"

int main(int argc, char** argv) {
  absl::StatusOr<minidl::RecordWriter> writer =
      minidl::RecordWriter::Create(argv[1]);
  absl::Status status = writer.status();
  for (int i = 2; i < argc && status.ok(); ++i) {
    status = writer->Append(argv[i]);
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
