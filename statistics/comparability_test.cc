#include "statistics/comparability.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/rounds.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

using proto::Lint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two architectures, two rounds each.
std::vector<proto::RunRecord> Comparable() {
  return {FinishedRecord("convnet", 0), FinishedRecord("convnet", 1),
          FinishedRecord("mlp", 0), DivergedRecord("mlp", 1)};
}

std::vector<Lint> Lints(const std::vector<proto::RunRecord>& records) {
  return ComparabilityLints(GroupsOf(records));
}

std::vector<std::string> Messages(
    const std::vector<proto::RunRecord>& records) {
  std::vector<std::string> messages;
  for (const Lint& lint : Lints(records)) messages.push_back(lint.message());
  return messages;
}

std::string RoundsOf(const Lint& lint) {
  return DescribeRounds({lint.rounds().begin(), lint.rounds().end()});
}

TEST(ComparabilityTest, NothingToNote) {
  EXPECT_THAT(Messages({}), IsEmpty());
  EXPECT_THAT(Messages(Comparable()), IsEmpty());
}

// Architectures differ in these by nature.
TEST(ComparabilityTest, DefinitionsAndParametersOfTwoArchitectures) {
  std::vector<proto::RunRecord> records = Comparable();
  for (const size_t i : {2, 3}) {
    records[i].set_parameter_count(5);
    records[i].mutable_architecture()->set_auxiliary_loss_weight(1);
  }
  EXPECT_THAT(Messages(records), IsEmpty());
}

// What people read, and looking on during the training, change no result.
TEST(ComparabilityTest, WhatChangesNothing) {
  std::vector<proto::RunRecord> records = Comparable();
  records[0].mutable_training()->set_test_interval(5);
  records[0].mutable_architecture()->set_description("Another sentence.");
  EXPECT_THAT(Messages(records), IsEmpty());
}

TEST(ComparabilityTest, Mixed) {
  std::vector<proto::RunRecord> records = Comparable();
  records[0].mutable_training()->set_epochs(1);
  EXPECT_THAT(
      Messages(records),
      ElementsAre("rounds of convnet have different training settings"));
  records[2].mutable_training()->set_epochs(1);
  EXPECT_THAT(
      Messages(records),
      ElementsAre("rounds of convnet, mlp have different training settings"));
  const Lint lint = Lints(records)[0];
  EXPECT_EQ(lint.kind(), Lint::MIXED_GROUP);
  EXPECT_EQ(lint.severity(), Lint::WARNING);
  EXPECT_THAT(lint.architectures(), ElementsAre("convnet", "mlp"));
  EXPECT_EQ(lint.advice(), "compare records of the same training only");
}

TEST(ComparabilityTest, EverySetting) {
  std::vector<proto::RunRecord> records = {FinishedRecord("convnet", 0),
                                           FinishedRecord("convnet", 1)};
  records[1].set_study_name("other");
  records[1].set_study_seed(1);
  records[1].mutable_training()->set_batch_size(10);
  records[1].set_train_pairs(10);
  records[1].set_test_pairs(10);
  records[1].mutable_architecture()->set_branches(proto::Architecture::SHARED);
  records[1].set_parameter_count(10);
  EXPECT_THAT(
      Messages(records),
      ElementsAre("rounds of convnet have different studies",
                  "rounds of convnet have different seeds",
                  "rounds of convnet have different training settings",
                  "rounds of convnet have different numbers of training pairs",
                  "rounds of convnet have different numbers of test pairs",
                  "rounds of convnet have different definitions",
                  "rounds of convnet have different numbers of parameters"));
  // More seeds are more rounds; the rest is a mixture.
  EXPECT_EQ(Lints(records)[0].severity(), Lint::WARNING);
  EXPECT_EQ(Lints(records)[1].severity(), Lint::NOTE);
}

// Variants of one study.
TEST(ComparabilityTest, ArchitecturesTrainedDifferently) {
  std::vector<proto::RunRecord> records = Comparable();
  for (const size_t i : {2, 3}) records[i].mutable_training()->set_epochs(1);
  EXPECT_THAT(Messages(records),
              ElementsAre("mlp has other training settings than convnet"));
  EXPECT_EQ(Lints(records)[0].kind(), Lint::DIFFERENT_SETTINGS);
  EXPECT_EQ(Lints(records)[0].severity(), Lint::NOTE);
  EXPECT_THAT(Lints(records)[0].architectures(), ElementsAre("mlp"));
  for (const char* name : {"other", "small"}) {
    for (const size_t i : {2, 3}) {
      records.push_back(records[i]);
      records.back().mutable_architecture()->set_name(name);
    }
  }
  for (const size_t small : {6, 7}) {
    records[small].set_train_pairs(500);
    records[small].set_data_hash(small);
  }
  for (proto::RunRecord& record : records) {
    record.set_test_data_hash(1 + static_cast<uint64_t>(record.round()));
  }
  EXPECT_THAT(
      Messages(records),
      ElementsAre("convnet has other training settings than mlp and 2 more "
                  "like it",
                  "small has other numbers of training pairs than convnet and "
                  "2 more like it"));
}

// Then they are no variants of each other.
TEST(ComparabilityTest, ArchitecturesOfStudiesTrainedDifferently) {
  std::vector<proto::RunRecord> records = Comparable();
  for (const size_t i : {2, 3}) {
    records[i].set_study_name("other");
    records[i].mutable_training()->set_epochs(1);
    records[i].set_test_pairs(500);
  }
  EXPECT_THAT(
      Messages(records),
      ElementsAre(
          "architectures convnet, mlp have different studies",
          "architectures convnet, mlp have different training settings",
          "architectures convnet, mlp have different numbers of test pairs"));
  for (const Lint& lint : Lints(records)) {
    EXPECT_EQ(lint.severity(), Lint::WARNING);
  }
}

TEST(ComparabilityTest, Builds) {
  std::vector<proto::RunRecord> records = Comparable();
  for (proto::RunRecord& record : records) {
    proto::Build& build = *record.mutable_environment()->mutable_build();
    build.set_compiler("gcc 12.2.0");
    build.set_compilation_mode("opt");
    build.set_id("abc");
  }
  records[3].clear_environment();  // As in the reproducible form.
  EXPECT_THAT(Messages(records), IsEmpty());
  records[1].mutable_environment()->mutable_build()->set_id("def");
  records[1].mutable_environment()->mutable_build()->set_commit("0123");
  records[2].mutable_environment()->clear_build();
  EXPECT_THAT(
      Messages(records),
      ElementsAre("records of convnet, mlp are of 3 programs: gcc 12.2.0 opt "
                  "0123 build def; gcc 12.2.0 opt build abc; unknown"));
  EXPECT_EQ(Lints(records)[0].kind(), Lint::MIXED_BUILDS);
}

TEST(ComparabilityTest, MissingPairs) {
  std::vector<proto::RunRecord> records = Comparable();
  records.pop_back();
  records.push_back(FinishedRecord("mlp", 5));
  const std::vector<Lint> lints = Lints(records);
  ASSERT_EQ(lints.size(), 2u);
  EXPECT_EQ(lints[0].kind(), Lint::MISSING_PAIRS);
  EXPECT_THAT(lints[0].architectures(), ElementsAre("convnet"));
  EXPECT_EQ(RoundsOf(lints[0]), "round 5 (seed 0)");
  EXPECT_THAT(lints[0].message(),
              HasSubstr("convnet has no record of round 5 (seed 0)"));
  EXPECT_THAT(lints[1].message(),
              HasSubstr("mlp has no record of round 1 (seed 0)"));
}

TEST(ComparabilityTest, DifferentData) {
  std::vector<proto::RunRecord> records = Comparable();
  records[3].set_data_hash(1);
  const std::vector<Lint> lints = Lints(records);
  ASSERT_EQ(lints.size(), 1u);
  EXPECT_EQ(lints[0].kind(), Lint::DIFFERENT_DATA);
  EXPECT_EQ(lints[0].severity(), Lint::WARNING);
  EXPECT_THAT(lints[0].architectures(), ElementsAre("mlp"));
  EXPECT_EQ(RoundsOf(lints[0]), "round 1 (seed 0)");
  EXPECT_EQ(lints[0].message(),
            "round 1 (seed 0) of mlp had other data than in convnet; they are "
            "not compared with each other");
}

TEST(ComparabilityTest, TrainingSetsOfDifferentSizes) {
  std::vector<proto::RunRecord> records = Comparable();
  for (proto::RunRecord& record : records) {
    record.set_test_data_hash(100 + static_cast<uint64_t>(record.round()));
  }
  for (const size_t i : {2, 3}) {
    records[i].set_train_pairs(250);
    records[i].set_data_hash(i);
  }
  EXPECT_THAT(
      Messages(records),
      ElementsAre("mlp has other numbers of training pairs than convnet"));
  // As in records from before the hash of the test pairs.
  records[2].clear_test_data_hash();
  EXPECT_THAT(
      Messages(records),
      ElementsAre("mlp has other numbers of training pairs than convnet",
                  "round 0 (seed 0) of mlp had other data than in convnet; "
                  "they are not compared with each other"));
}

TEST(ComparabilityTest, DifferentTrainingPairs) {
  std::vector<proto::RunRecord> records = Comparable();
  for (const size_t i : {1, 3}) records[i].set_test_data_hash(7);
  records[3].set_data_hash(1);
  EXPECT_THAT(Messages(records),
              ElementsAre("round 1 (seed 0) of mlp had other training pairs "
                          "than in convnet; they are compared with each other, "
                          "by their test pairs"));
  EXPECT_EQ(Lints(records)[0].kind(), Lint::DIFFERENT_DATA);
}

// As a notebook does that draws once before its loop over rounds.
TEST(ComparabilityTest, RepeatedData) {
  std::vector<proto::RunRecord> records = Comparable();
  for (proto::RunRecord& record : records) record.set_data_hash(7);
  const std::vector<Lint> lints = Lints(records);
  ASSERT_EQ(lints.size(), 1u);
  EXPECT_EQ(lints[0].kind(), Lint::REPEATED_DATA);
  EXPECT_THAT(lints[0].architectures(), ElementsAre("convnet", "mlp"));
  EXPECT_EQ(RoundsOf(lints[0]), "rounds 0, 1 (seed 0)");
  EXPECT_THAT(lints[0].message(),
              HasSubstr("rounds 0, 1 (seed 0) of convnet, mlp have the same "
                        "data"));
  // Of training sets of two sizes.
  for (proto::RunRecord& record : records) {
    record.set_test_data_hash(8);
    if (record.round() == 1) record.set_data_hash(9);
  }
  EXPECT_EQ(RoundsOf(Lints(records)[0]), "rounds 0, 1 (seed 0)");
  // A record that has no hash does not say.
  for (proto::RunRecord& record : records) {
    record.clear_data_hash();
    record.clear_test_data_hash();
  }
  EXPECT_THAT(Messages(records), IsEmpty());
}

}  // namespace
}  // namespace minidl
