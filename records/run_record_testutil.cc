#include "records/run_record_testutil.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/file.h"
#include "proto/run_record.pb.h"
#include "records/record_file_testutil.h"
#include "records/run_records.h"

namespace minidl {
namespace {

void SetCount(int64_t wrong, proto::ErrorCount* count) {
  count->set_wrong(wrong);
  count->set_total(1000);
}

// What both kinds of record have.
proto::RunRecord BaseRecord(const std::string& architecture, int round) {
  proto::RunRecord record;
  record.set_schema_version(kRunRecordSchemaVersion);
  record.set_study_name("test_study");
  record.set_round(round);
  record.mutable_architecture()->set_name(architecture);
  record.mutable_training()->set_epochs(25);
  record.mutable_training()->set_batch_size(100);
  record.mutable_training()->mutable_sgd()->set_learning_rate(0.5);
  record.set_train_pairs(1000);
  record.set_test_pairs(1000);
  // The same round has the same data in every architecture.
  record.set_data_hash(0x1234567890 + static_cast<uint64_t>(round));
  record.set_parameter_count(70'342);
  record.mutable_environment()->set_training_seconds(1.5);
  return record;
}

}  // namespace

proto::RunRecord FinishedRecord(const std::string& architecture, int round,
                                int64_t test_wrong) {
  proto::RunRecord record = BaseRecord(architecture, round);
  record.set_status(proto::RunRecord::FINISHED);
  SetCount(2, record.mutable_errors()->mutable_train());
  SetCount(test_wrong, record.mutable_errors()->mutable_test());
  return record;
}

proto::RunRecord DivergedRecord(const std::string& architecture, int round) {
  proto::RunRecord record = BaseRecord(architecture, round);
  record.set_status(proto::RunRecord::DIVERGED);
  record.set_stopped_epoch(3);
  record.set_stopped_step(7);
  record.set_stopped_loss(std::numeric_limits<double>::infinity());
  return record;
}

proto::RunRecord AtChanceRecord(const std::string& architecture, int round,
                                int64_t test_wrong) {
  proto::RunRecord record = BaseRecord(architecture, round);
  record.set_status(proto::RunRecord::DIVERGED);
  record.set_divergence(proto::RunRecord::AT_CHANCE);
  record.set_stopped_epoch(25);
  record.set_stopped_step(10);
  SetCount(450, record.mutable_errors()->mutable_train());
  SetCount(test_wrong, record.mutable_errors()->mutable_test());
  return record;
}

proto::RunRecord InterruptedRecord(const std::string& architecture, int round) {
  proto::RunRecord record = BaseRecord(architecture, round);
  record.set_status(proto::RunRecord::INTERRUPTED);
  record.set_stopped_epoch(2);
  record.set_stopped_step(5);
  return record;
}

std::string WriteTestFile(const std::string& name,
                          absl::Span<const proto::RunRecord> records) {
  std::vector<std::string> payloads;
  for (const proto::RunRecord& record : records) {
    payloads.push_back(SerializeRunRecord(record));
  }
  const std::string path = TestFile(name);
  const absl::Status written = WriteFile(path, Frames(payloads));
  MINIDL_CHECK(written.ok(), written.ToString());
  return path;
}

}  // namespace minidl
