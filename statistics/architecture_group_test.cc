#include "statistics/architecture_group.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Names(const std::vector<ArchitectureGroup>& groups) {
  std::vector<std::string> names;
  for (const ArchitectureGroup& group : groups) names.push_back(group.name);
  return names;
}

TEST(ArchitectureGroupTest, Groups) {
  const proto::RunRecord d = FinishedRecord("d", 0);
  const proto::RunRecord b0 = FinishedRecord("b", 0);
  const proto::RunRecord b1 = FinishedRecord("b", 1);
  const proto::RunRecord c = FinishedRecord("c", 0);
  const std::vector<const proto::RunRecord*> records = {&b1, &d, &c, &b0};
  const std::vector<ArchitectureGroup> groups =
      GroupByArchitecture(records, {});
  EXPECT_THAT(Names(groups), ElementsAre("b", "c", "d"));
  EXPECT_THAT(groups[0].records, ElementsAre(&b1, &b0));
  EXPECT_THAT(groups[1].records, ElementsAre(&c));
  EXPECT_THAT(Names(GroupByArchitecture(records, {"d", "none", "c"})),
              ElementsAre("d", "c", "b"));
  EXPECT_THAT(GroupByArchitecture({}, {"d"}), IsEmpty());
}

TEST(ArchitectureGroupTest, Definitions) {
  proto::Architecture a;
  a.set_name("a");
  a.set_description("One.");
  a.set_auxiliary_loss_weight(1);
  proto::Architecture b = a;
  b.set_name("b");
  b.set_description("Another.");
  EXPECT_EQ(DefinitionOf(a), DefinitionOf(b));
  b.set_auxiliary_loss_weight(0.5);
  EXPECT_NE(DefinitionOf(a), DefinitionOf(b));
}

TEST(ArchitectureGroupTest, OneDefinition) {
  const proto::RunRecord first = FinishedRecord("a", 0);
  proto::RunRecord second = FinishedRecord("a", 1);
  const ArchitectureGroup group = {"a", {&first, &second}};
  EXPECT_TRUE(HasOneDefinition(group));
  second.mutable_architecture()->set_branches(proto::Architecture::SHARED);
  EXPECT_FALSE(HasOneDefinition(group));
}

TEST(ArchitectureGroupTest, FinishedRecordsAreUsed) {
  EXPECT_TRUE(IsUsed(FinishedRecord("a", 0)));
  proto::RunRecord record = DivergedRecord("a", 0);
  EXPECT_FALSE(IsUsed(record));
  record.set_status(proto::RunRecord::INTERRUPTED);
  EXPECT_FALSE(IsUsed(record));
}

}  // namespace
}  // namespace minidl
