#include "statistics/factorial.h"

#include <cstddef>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

using proto::Architecture;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The names of the cells of each design, in the order of FactorialCells.
std::vector<std::vector<std::string>> Designs(
    const std::vector<proto::RunRecord>& records) {
  const std::vector<ArchitectureGroup> groups = GroupsOf(records);
  std::vector<std::vector<std::string>> designs;
  for (const FactorialCells& cells : FindFactorials(groups)) {
    designs.push_back({groups[cells.separate].name, groups[cells.shared].name,
                       groups[cells.separate_auxiliary].name,
                       groups[cells.shared_auxiliary].name});
  }
  return designs;
}

// A record of each architecture.
std::vector<proto::RunRecord> RecordsOf(
    const std::vector<Architecture>& architectures) {
  std::vector<proto::RunRecord> records;
  for (const Architecture& architecture : architectures) {
    records.push_back(FinishedRecord(architecture.name(), 0));
    *records.back().mutable_architecture() = architecture;
  }
  return records;
}

std::vector<std::vector<std::string>> Designs(
    const std::vector<Architecture>& architectures) {
  return Designs(RecordsOf(architectures));
}

// Names that tell nothing, or lie.
std::vector<Architecture> Design() {
  return {TestArchitecture("shared", Architecture::SEPARATE, 0),
          TestArchitecture("aux", Architecture::SHARED, 0, 14),
          TestArchitecture("x", Architecture::SEPARATE, 0.5),
          TestArchitecture("c", Architecture::SHARED, 0.5, 14)};
}

TEST(FactorialTest, ByMessagesNotByNames) {
  EXPECT_THAT(Designs(Design()),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
}

TEST(FactorialTest, OthersBesideIt) {
  std::vector<Architecture> architectures = Design();
  // Of the same layers, but no branches.
  architectures.push_back(TestArchitecture("joint", Architecture::JOINT, 0));
  // Of other layers.
  architectures.push_back(TestArchitecture("deep", Architecture::SHARED, 0));
  architectures.back().add_head()->mutable_relu();
  EXPECT_THAT(Designs(architectures),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
}

TEST(FactorialTest, TwoDesigns) {
  std::vector<Architecture> architectures = Design();
  for (Architecture architecture : Design()) {
    architecture.set_name("a_" + architecture.name());
    architecture.add_branch()->mutable_tanh();
    architectures.push_back(architecture);
  }
  EXPECT_THAT(Designs(architectures),
              ElementsAre(ElementsAre("a_shared", "a_aux", "a_x", "a_c"),
                          ElementsAre("shared", "aux", "x", "c")));
}

TEST(FactorialTest, ThreeCells) {
  for (size_t i = 0; i < 4; ++i) {
    std::vector<Architecture> architectures = Design();
    architectures.erase(architectures.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_THAT(Designs(architectures), IsEmpty());
  }
}

TEST(FactorialTest, TwoOfOneCell) {
  // Groups are sorted by name: before the other one and after it.
  for (const char* name : {"again", "other"}) {
    std::vector<Architecture> architectures = Design();
    architectures.push_back(
        TestArchitecture(name, Architecture::SHARED, 0, 14));
    EXPECT_THAT(Designs(architectures), IsEmpty());
    // With shared branches of another size, either pair could be meant.
    architectures.back() = TestArchitecture(name, Architecture::SHARED, 0, 15);
    EXPECT_THAT(Designs(architectures),
                ElementsAre(ElementsAre("shared", "aux", "x", "c")));
    architectures.push_back(
        TestArchitecture("larger", Architecture::SHARED, 0.5, 15));
    EXPECT_THAT(Designs(architectures), IsEmpty());
  }
}

TEST(FactorialTest, SeveralWeights) {
  std::vector<Architecture> architectures = Design();
  architectures.push_back(
      TestArchitecture("c_heavy", Architecture::SHARED, 2, 14));
  EXPECT_THAT(Designs(architectures),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
  architectures.push_back(
      TestArchitecture("a_heavy", Architecture::SEPARATE, 2));
  EXPECT_THAT(Designs(architectures),
              ElementsAre(ElementsAre("shared", "aux", "a_heavy", "c_heavy"),
                          ElementsAre("shared", "aux", "x", "c")));
}

// Variants that are trained in other ways are in designs of their own.
TEST(FactorialTest, OtherTraining) {
  std::vector<proto::RunRecord> records = RecordsOf(Design());
  for (proto::RunRecord record : RecordsOf(Design())) {
    record.mutable_architecture()->set_name("v_" +
                                            record.architecture().name());
    record.set_train_pairs(250);
    records.push_back(record);
  }
  EXPECT_THAT(Designs(records),
              ElementsAre(ElementsAre("shared", "aux", "x", "c"),
                          ElementsAre("v_shared", "v_aux", "v_x", "v_c")));
  records[7].mutable_training()->set_epochs(1);
  EXPECT_THAT(Designs(records),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
  records[0].mutable_training()->set_test_interval(1);  // Changes nothing.
  records[7] = records[0];
  records[7].set_round(1);
  EXPECT_THAT(Designs(records),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
  records[7].set_train_pairs(250);  // Two rounds of one architecture.
  EXPECT_THAT(Designs(records), IsEmpty());
}

TEST(FactorialTest, WeightsThatDiffer) {
  std::vector<Architecture> architectures = Design();
  architectures[2].set_auxiliary_loss_weight(1);
  EXPECT_THAT(Designs(architectures), IsEmpty());
}

TEST(FactorialTest, OtherLossesThanCrossEntropy) {
  std::vector<Architecture> architectures = Design();
  for (Architecture& architecture : architectures) {
    architecture.mutable_comparison_loss()->mutable_mse();
  }
  for (const size_t auxiliary : {2, 3}) {
    architectures[auxiliary].mutable_auxiliary_loss()->mutable_mse();
  }
  EXPECT_THAT(Designs(architectures),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
}

TEST(FactorialTest, LossesThatDiffer) {
  std::vector<Architecture> architectures = Design();
  architectures[2].mutable_auxiliary_loss()->mutable_mse();
  EXPECT_THAT(Designs(architectures), IsEmpty());
  architectures = Design();
  architectures[1].mutable_comparison_loss()->mutable_mse();
  architectures[3].mutable_comparison_loss()->mutable_mse();
  EXPECT_THAT(Designs(architectures), IsEmpty());
  architectures = Design();
  architectures[1].set_comparison_loss_weight(2);
  architectures[3].set_comparison_loss_weight(2);
  EXPECT_THAT(Designs(architectures), IsEmpty());
}

// Then the auxiliary losses are not all that differs.
TEST(FactorialTest, SizesThatDifferBetweenLosses) {
  for (size_t i = 0; i < 4; ++i) {
    std::vector<Architecture> architectures = Design();
    architectures[i].mutable_branch(1)->mutable_linear()->set_out_features(3);
    EXPECT_THAT(Designs(architectures), IsEmpty());
  }
}

// Layers inside of others tell designs apart too.
TEST(FactorialTest, LayersInsideOfLayers) {
  std::vector<Architecture> architectures = Design();
  for (size_t i = 0; i < 4; ++i) {
    proto::Residual& residual =
        *architectures[i].add_branch()->mutable_residual();
    residual.add_layers()->mutable_sequential()->add_layers()->mutable_relu();
    residual.add_shortcut()->mutable_linear()->set_out_features(10);
  }
  EXPECT_THAT(Designs(architectures),
              ElementsAre(ElementsAre("shared", "aux", "x", "c")));
  const std::vector<Architecture> alike = architectures;
  for (const size_t shared : {1, 3}) {
    architectures[shared]
        .mutable_branch(2)
        ->mutable_residual()
        ->mutable_layers(0)
        ->mutable_sequential()
        ->mutable_layers(0)
        ->mutable_tanh();
  }
  EXPECT_THAT(Designs(architectures), IsEmpty());
  architectures = alike;
  for (const size_t shared : {1, 3}) {
    proto::Residual& residual =
        *architectures[shared].mutable_branch(2)->mutable_residual();
    *residual.add_layers() = residual.shortcut(0);
    residual.clear_shortcut();
  }
  EXPECT_THAT(Designs(architectures), IsEmpty());
}

// The same kinds of layers in the same order, but another branch.
TEST(FactorialTest, HeadsThatBeginElsewhere) {
  std::vector<Architecture> architectures = Design();
  for (const size_t shared : {1, 3}) {
    Architecture& architecture = architectures[shared];
    ASSERT_GT(architecture.branch_size(), 1);
    std::vector<proto::Layer> head(architecture.head().begin(),
                                   architecture.head().end());
    head.insert(head.begin(), *architecture.branch().rbegin());
    architecture.mutable_branch()->RemoveLast();
    architecture.mutable_head()->Assign(head.begin(), head.end());
  }
  EXPECT_THAT(Designs(architectures), IsEmpty());
}

TEST(FactorialTest, AGroupOfSeveralDefinitions) {
  std::vector<Architecture> architectures = Design();
  architectures.push_back(architectures[1]);
  architectures.back().set_branches(Architecture::JOINT);
  EXPECT_THAT(Designs(architectures), IsEmpty());
}

TEST(FactorialTest, NoArchitectures) {
  EXPECT_THAT(Designs(RecordsOf({})), IsEmpty());
}

}  // namespace
}  // namespace minidl
