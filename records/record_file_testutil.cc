#include "records/record_file_testutil.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "records/frame.h"
#include "records/record_reader.h"

namespace minidl {

std::string TestFile(const std::string& name) {
  static const testing::TestInfo* last_test = nullptr;
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / test->test_suite_name() /
      test->name();
  if (test != last_test) std::filesystem::remove_all(directory);
  last_test = test;
  std::filesystem::create_directories(directory);
  return directory / name;
}

std::string Frames(const std::vector<std::string>& payloads) {
  std::string frames;
  for (const std::string& payload : payloads) frames += Frame(payload);
  return frames;
}

std::vector<std::string> ReadPayloads(RecordReader& reader) {
  std::vector<std::string> payloads;
  while (true) {
    const absl::StatusOr<std::optional<std::string>> payload = reader.Next();
    if (!payload.ok() || !payload->has_value()) return payloads;
    payloads.push_back(**payload);
  }
}

}  // namespace minidl
