#include "statistics/comparability.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Two architectures, two rounds each.
std::vector<proto::RunRecord> Comparable() {
  return {FinishedRecord("convnet", 0), FinishedRecord("convnet", 1),
          FinishedRecord("mlp", 0), DivergedRecord("mlp", 1)};
}

std::vector<std::string> Notes(const std::vector<proto::RunRecord>& records) {
  std::vector<const proto::RunRecord*> pointers;
  for (const proto::RunRecord& record : records) pointers.push_back(&record);
  return ComparabilityNotes(pointers);
}

TEST(ComparabilityTest, NothingToNote) {
  EXPECT_THAT(Notes({}), IsEmpty());
  EXPECT_THAT(Notes(Comparable()), IsEmpty());
}

// Architectures differ in these by nature.
TEST(ComparabilityTest, DefinitionsAndParametersOfTwoArchitectures) {
  std::vector<proto::RunRecord> records = Comparable();
  for (const size_t i : {2, 3}) {
    records[i].set_parameter_count(5);
    records[i].mutable_architecture()->set_auxiliary_loss_weight(1);
  }
  EXPECT_THAT(Notes(records), IsEmpty());
}

TEST(ComparabilityTest, Mixed) {
  std::vector<proto::RunRecord> records = Comparable();
  records[0].mutable_training()->set_epochs(1);
  EXPECT_THAT(Notes(records),
              ElementsAre("mixed: rounds of convnet have different training "
                          "settings"));
  records[2].mutable_training()->set_epochs(1);
  EXPECT_THAT(Notes(records),
              ElementsAre("mixed: rounds of convnet, mlp have different "
                          "training settings"));
}

TEST(ComparabilityTest, EverySetting) {
  std::vector<proto::RunRecord> records = {FinishedRecord("convnet", 0),
                                           FinishedRecord("convnet", 1)};
  records[1].set_study_name("other");
  records[1].set_study_seed(1);
  records[1].mutable_training()->set_batch_size(10);
  records[1].set_test_pairs(10);
  records[1].mutable_architecture()->set_branches(proto::Architecture::SHARED);
  records[1].set_parameter_count(10);
  EXPECT_THAT(
      Notes(records),
      ElementsAre("mixed: rounds of convnet have different studies",
                  "mixed: rounds of convnet have different seeds",
                  "mixed: rounds of convnet have different training settings",
                  "mixed: rounds of convnet have different numbers of pairs",
                  "mixed: rounds of convnet have different definitions",
                  "mixed: rounds of convnet have different numbers of "
                  "parameters"));
}

TEST(ComparabilityTest, ArchitecturesTrainedDifferently) {
  std::vector<proto::RunRecord> records = Comparable();
  for (const size_t i : {2, 3}) records[i].mutable_training()->set_epochs(1);
  EXPECT_THAT(Notes(records),
              ElementsAre("not comparable: architectures have different "
                          "training settings"));
}

TEST(ComparabilityTest, DifferentRounds) {
  std::vector<proto::RunRecord> records = Comparable();
  records.pop_back();
  EXPECT_THAT(
      Notes(records),
      ElementsAre("not comparable: architectures have different rounds"));
}

TEST(ComparabilityTest, DifferentData) {
  std::vector<proto::RunRecord> records = Comparable();
  records[3].set_data_hash(1);
  EXPECT_THAT(Notes(records),
              ElementsAre("not comparable: the same round has different data, "
                          "in round 1"));
}

}  // namespace
}  // namespace minidl
