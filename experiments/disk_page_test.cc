#include "experiments/disk_page.h"

#include <string>
#include <vector>

#include "base/status_testutil.h"
#include "experiments/disk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "report/disk_page.pb.h"
#include "report/page_data.pb.h"

namespace minidl {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

DiskOptions SmallOptions() {
  DiskOptions options;
  options.points = 200;
  options.epochs = 20;
  return options;
}

DiskRound Train(const DiskOptions& options) {
  auto round = RunDisk(options, [](int /*epoch*/, double /*loss*/) {});
  EXPECT_THAT(round, IsOk());
  return *std::move(round);
}

TEST(DiskPageTest, SaysHowNetworksWereTrained) {
  DiskOptions options = SmallOptions();
  options.activation = "relu";
  EXPECT_THAT(NewDiskPage(options).training(), HasSubstr("relu"));
}

TEST(DiskPageTest, ShowsThePointsAndTheMistakes) {
  const DiskRound round = Train(SmallOptions());
  proto::DiskPage page;
  AddDiskRound(/*seed=*/7, {0.5, 0.25}, round, page);
  ASSERT_THAT(page.rounds(), SizeIs(1));
  const proto::DiskRound& shown = page.rounds(0);
  EXPECT_EQ(shown.seed(), 7);
  EXPECT_THAT(shown.losses(), ElementsAre(0.5, 0.25));
  EXPECT_EQ(shown.test_error(), 100 * round.test_error);
  ASSERT_THAT(shown.test().x(), SizeIs(200));
  ASSERT_THAT(shown.test().y(), SizeIs(200));
  EXPECT_EQ(shown.test().x(3), round.test.points(3, 0));
  EXPECT_EQ(shown.test().y(3), round.test.points(3, 1));
  std::string labels;
  for (const int64_t label : round.test.labels.values()) {
    labels += label == 1 ? '1' : '0';
  }
  EXPECT_EQ(shown.test().labels(), labels);
  EXPECT_GT(round.test_error, 0) << "no mistake to show";
  EXPECT_NEAR(shown.test().wrong_size(), 200 * round.test_error, 1e-9);
  EXPECT_NEAR(shown.train().wrong_size(), 200 * round.train_error, 1e-9);
}

// What the region says about the cells that hold points is what the network
// says about the points, but near the region's edge.
TEST(DiskPageTest, TheRegionIsTheNetworksAnswer) {
  const DiskRound round = Train(SmallOptions());
  proto::DiskPage page;
  AddDiskRound(/*seed=*/0, {}, round, page);
  const proto::DiskRegion& region = page.rounds(0).region();
  const auto size = static_cast<size_t>(region.size());
  std::vector<std::vector<int64_t>> cells(size, std::vector<int64_t>(size, 0));
  for (const proto::DiskSpan& span : region.spans()) {
    EXPECT_LE(span.first(), span.last());
    for (int column = span.first(); column <= span.last(); ++column) {
      cells.at(static_cast<size_t>(span.row()))
          .at(static_cast<size_t>(column)) = 1;
    }
  }
  const Tensor<int64_t> answers =
      DiskAnswers(round.test.points, *round.network);
  int different = 0;
  for (int64_t i = 0; i < answers.size(); ++i) {
    const auto column =
        static_cast<size_t>(round.test.points(i, 0) * static_cast<float>(size));
    const auto row =
        static_cast<size_t>(round.test.points(i, 1) * static_cast<float>(size));
    if (cells[row][column] != answers(i)) ++different;
  }
  // An edge of length 2.5 crosses some 500 of the 40,000 cells, and those hold
  // two or three of the points.
  EXPECT_LE(different, 6);
}

TEST(DiskPageTest, ShowsSomeOfManyPoints) {
  DiskOptions options;
  options.points = kMaxDiskPagePoints + 1;
  options.epochs = 1;
  proto::DiskPage page;
  AddDiskRound(/*seed=*/0, {0.5}, Train(options), page);
  EXPECT_EQ(page.rounds(0).train().x_size(), kMaxDiskPagePoints);
  EXPECT_EQ(page.rounds(0).train().labels().size(), kMaxDiskPagePoints);
}

// Mean and deviation of 1 and 3: 2 and sqrt(2).
TEST(DiskPageTest, FiguresAreThoseOfRoundsThatDidNotDiverge) {
  proto::DiskPage page;
  for (const double value : {1, 3}) {
    proto::DiskRound& round = *page.add_rounds();
    round.add_losses(static_cast<float>(value));
    round.set_train_error(10 * value);
    round.set_test_error(value);
  }
  AddDivergedDiskRound(/*seed=*/2, {100}, page);
  FinishDiskPage(page);
  EXPECT_FALSE(page.rounds(2).has_test_error());
  EXPECT_EQ(page.test_error().n(), 2);
  EXPECT_EQ(page.test_error().mean(), 2);
  EXPECT_THAT(page.test_error().deviation(), DoubleNear(1.41421356, 1e-8));
  EXPECT_EQ(page.train_error().mean(), 20);
  ASSERT_THAT(page.mean_loss(), SizeIs(1));
  EXPECT_EQ(page.mean_loss(0).epoch(), 1);
  EXPECT_EQ(page.mean_loss(0).n(), 2);
  EXPECT_EQ(page.mean_loss(0).mean(), 2);
}

TEST(DiskPageTest, OneRoundHasNoDeviation) {
  proto::DiskPage page;
  proto::DiskRound& round = *page.add_rounds();
  round.add_losses(0.5F);
  round.set_train_error(0);
  round.set_test_error(1);
  FinishDiskPage(page);
  EXPECT_FALSE(page.test_error().has_deviation());
  EXPECT_FALSE(page.mean_loss(0).has_deviation());
}

}  // namespace
}  // namespace minidl
