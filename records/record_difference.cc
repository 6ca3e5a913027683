#include "records/record_difference.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/field_comparator.h"
#include "google/protobuf/util/message_differencer.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"

namespace minidl {
namespace {

using ::google::protobuf::Message;
using ::google::protobuf::TextFormat;
using ::google::protobuf::util::DefaultFieldComparator;
using ::google::protobuf::util::MessageDifferencer;

using SpecificField = MessageDifferencer::SpecificField;
using FieldPath = std::vector<SpecificField>;

// "errors.test.wrong", "mistakes[0].pair", "loss of epoch 3".
std::string Describe(const FieldPath& path) {
  std::vector<std::string> names;
  std::string epoch;
  for (size_t i = 0; i < path.size(); ++i) {
    const SpecificField& step = path[i];
    if (step.field == nullptr) {
      names.push_back(absl::StrCat("field ", step.unknown_field_number));
    } else if (i == 0 && step.field->name() == "epochs") {
      epoch = absl::StrCat("epoch ", step.index + 1);
    } else {
      names.push_back(absl::StrCat(
          step.field->name(),
          step.index >= 0 ? absl::StrCat("[", step.index, "]") : ""));
    }
  }
  const std::string name = absl::StrJoin(names, ".");
  if (epoch.empty()) return name;
  return name.empty() ? epoch : absl::StrCat(name, " of ", epoch);
}

// The value of a field of `message`, if it is one of few characters;
// `is_there` if it has been set.
std::string ValueOf(const Message& message, const SpecificField& step,
                    bool is_there = true) {
  if (step.field == nullptr) return is_there ? "(unknown)" : "(absent)";
  // A number that is not there is 0.
  if (!is_there && (step.field->is_repeated() || step.field->has_presence())) {
    return "(absent)";
  }
  if (step.field->message_type() != nullptr) return "(present)";
  if (step.field->type() == google::protobuf::FieldDescriptor::TYPE_BYTES) {
    return "(bytes)";
  }
  std::string text;
  TextFormat::PrintFieldValueToString(message, step.field, step.index, &text);
  return text;
}

// Keeps what is reported first.
class FirstReport : public MessageDifferencer::Reporter {
 public:
  void ReportAdded(const Message& message1, const Message& message2,
                   const FieldPath& path) override {
    Report(path, ValueOf(message1, path.back(), /*is_there=*/false),
           ValueOf(message2, path.back()));
  }

  void ReportDeleted(const Message& message1, const Message& message2,
                     const FieldPath& path) override {
    Report(path, ValueOf(message1, path.back()),
           ValueOf(message2, path.back(), /*is_there=*/false));
  }

  void ReportModified(const Message& message1, const Message& message2,
                      const FieldPath& path) override {
    Report(path, ValueOf(message1, path.back()),
           ValueOf(message2, path.back()));
  }

  const std::string& text() const { return text_; }

 private:
  void Report(const FieldPath& path, const std::string& first,
              const std::string& second) {
    if (!text_.empty()) return;
    text_ = absl::StrCat(Describe(path), ": ", first, " -> ", second);
  }

  std::string text_;
};

}  // namespace

proto::RunRecord ComparableForm(proto::RunRecord record) {
  record = ReproducibleForm(std::move(record));
  record.clear_test_data_hash();
  if (record.data_set() == kDefaultDataSet) record.clear_data_set();
  if (record.divergence() == proto::RunRecord::NON_FINITE) {
    record.clear_divergence();
  }
  return record;
}

std::string FirstDifference(const proto::RunRecord& first,
                            const proto::RunRecord& second) {
  proto::RunRecord a = ComparableForm(first);
  proto::RunRecord b = ComparableForm(second);
  if (first.test_data_hash() != 0 && second.test_data_hash() != 0) {
    a.set_test_data_hash(first.test_data_hash());
    b.set_test_data_hash(second.test_data_hash());
  }
  if (SerializeRunRecord(a) == SerializeRunRecord(b)) return "";
  DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);  // The loss of a diverged round.
  FirstReport report;
  MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  differencer.ReportDifferencesTo(&report);
  differencer.Compare(a, b);
  return report.text().empty() ? "the sign of a zero, or the bits of a NaN"
                               : report.text();
}

}  // namespace minidl
