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
    const std::vector<Architecture>& architectures) {
  std::vector<proto::RunRecord> records;
  for (const Architecture& architecture : architectures) {
    records.push_back(FinishedRecord(architecture.name(), 0));
    *records.back().mutable_architecture() = architecture;
  }
  const std::vector<ArchitectureGroup> groups = GroupsOf(records);
  std::vector<std::vector<std::string>> designs;
  for (const FactorialCells& cells : FindFactorials(groups)) {
    designs.push_back({groups[cells.separate].name, groups[cells.shared].name,
                       groups[cells.separate_auxiliary].name,
                       groups[cells.shared_auxiliary].name});
  }
  return designs;
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
        TestArchitecture(name, Architecture::SHARED, 0, 15));
    EXPECT_THAT(Designs(architectures), IsEmpty());
  }
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
}

// Then the auxiliary losses are not all that differs.
TEST(FactorialTest, SizesThatDifferBetweenLosses) {
  for (size_t i = 0; i < 4; ++i) {
    std::vector<Architecture> architectures = Design();
    architectures[i].mutable_branch(1)->mutable_linear()->set_out_features(3);
    EXPECT_THAT(Designs(architectures), IsEmpty());
  }
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

TEST(FactorialTest, NoArchitectures) { EXPECT_THAT(Designs({}), IsEmpty()); }

}  // namespace
}  // namespace minidl
