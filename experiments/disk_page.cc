#include "experiments/disk_page.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/disk_set.h"
#include "experiments/disk.h"
#include "nn/sequential.h"
#include "report/disk_page.pb.h"
#include "report/page_data.pb.h"
#include "statistics/estimate.h"
#include "statistics/moments.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr int kRegionSize = 200;

proto::DiskRound& AddRound(uint64_t seed, const std::vector<double>& losses,
                           proto::DiskPage& page) {
  proto::DiskRound& round = *page.add_rounds();
  round.set_seed(seed);
  for (const double loss : losses) round.add_losses(static_cast<float>(loss));
  return round;
}

void ShowPoints(const DiskSet& set, Sequential& network,
                proto::DiskPoints& points) {
  const Tensor<int64_t> answers = DiskAnswers(set.points, network);
  const int64_t shown = std::min(answers.size(), kMaxDiskPagePoints);
  for (int64_t i = 0; i < shown; ++i) {
    points.add_x(set.points(i, 0));
    points.add_y(set.points(i, 1));
    points.mutable_labels()->push_back(set.labels(i) == 1 ? '1' : '0');
    if (answers(i) != set.labels(i)) points.add_wrong(static_cast<int32_t>(i));
  }
}

void ShowRegion(Sequential& network, proto::DiskRegion& region) {
  region.set_size(kRegionSize);
  Tensor<float> centres({kRegionSize * kRegionSize, 2});
  for (int64_t i = 0; i < kRegionSize * kRegionSize; ++i) {
    centres(i, 0) = (static_cast<float>(i % kRegionSize) + 0.5F) / kRegionSize;
    centres(i, 1) = (static_cast<float>(i / kRegionSize) + 0.5F) / kRegionSize;
  }
  const Tensor<int64_t> answers = DiskAnswers(centres, network);
  for (int row = 0; row < kRegionSize; ++row) {
    proto::DiskSpan* span = nullptr;
    for (int column = 0; column < kRegionSize; ++column) {
      if (answers(row * kRegionSize + column) == 0) {
        span = nullptr;
        continue;
      }
      if (span == nullptr) {
        span = region.add_spans();
        span->set_row(row);
        span->set_first(column);
      }
      span->set_last(column);
    }
  }
}

}  // namespace

proto::DiskPage NewDiskPage(const DiskOptions& options) {
  proto::DiskPage page;
  page.set_training(DescribeDiskTraining(options));
  return page;
}

void AddDiskRound(uint64_t seed, const std::vector<double>& losses,
                  const DiskRound& round, proto::DiskPage& page) {
  proto::DiskRound& added = AddRound(seed, losses, page);
  added.set_train_error(100 * round.train_error);
  added.set_test_error(100 * round.test_error);
  ShowPoints(round.train, *round.network, *added.mutable_train());
  ShowPoints(round.test, *round.network, *added.mutable_test());
  ShowRegion(*round.network, *added.mutable_region());
}

void AddDivergedDiskRound(uint64_t seed, const std::vector<double>& losses,
                          proto::DiskPage& page) {
  AddRound(seed, losses, page);
}

void FinishDiskPage(proto::DiskPage& page) {
  std::vector<double> train_errors;
  std::vector<double> test_errors;
  std::vector<std::vector<double>> losses;  // Of each epoch, by round.
  for (const proto::DiskRound& round : page.rounds()) {
    if (!round.has_test_error()) continue;
    train_errors.push_back(round.train_error());
    test_errors.push_back(round.test_error());
    losses.resize(static_cast<size_t>(round.losses_size()));
    for (size_t i = 0; i < losses.size(); ++i) {
      losses[i].push_back(double{round.losses(static_cast<int>(i))});
    }
  }
  *page.mutable_train_error() = ComputeEstimate(train_errors);
  *page.mutable_test_error() = ComputeEstimate(test_errors);
  for (size_t i = 0; i < losses.size(); ++i) {
    const Moments moments = ComputeMoments(losses[i]);
    proto::CurvePoint& point = *page.add_mean_loss();
    point.set_epoch(static_cast<int32_t>(i) + 1);
    point.set_n(static_cast<int32_t>(moments.n));
    point.set_mean(moments.mean);
    if (moments.deviation.has_value()) point.set_deviation(*moments.deviation);
  }
}

}  // namespace minidl
