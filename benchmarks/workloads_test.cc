#include "benchmarks/workloads.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "data/pair_sets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Workload Load(const std::string& name, const WorkloadOptions& options = {}) {
  absl::StatusOr<Workload> workload = LoadWorkload(name, options);
  EXPECT_THAT(workload, IsOk());
  return *std::move(workload);
}

// By hand. Parameters of w1: 2 9 32 + 32, 32 9 64 + 64, 256 200 + 200 and
// 200 2 + 2. Operations: of each layer 2 outputs weights, forwards and, for the
// first layer once, for the others twice, backwards.

TEST(WorkloadsTest, W1) {
  const Workload w1 = Load("w1");
  EXPECT_EQ(w1.name, "w1");
  EXPECT_EQ(NumParameters(w1), 70'906);
  EXPECT_EQ(NumExamples(w1), 25 * 1'000);
  EXPECT_EQ(DenseFlops(w1),
            25e3 * (144 * 576 * 4 + (16 * 18'432 + 51'200 + 400) * 6));
}

TEST(WorkloadsTest, W2) {
  const Workload w2 = Load("w2");
  EXPECT_EQ(NumParameters(w2), 46'678);
  EXPECT_EQ(DenseFlops(w2),
            25e3 * (2 * (144 * 288 * 4 + (16 * 18'432 + 25'600 + 1'000) * 6) +
                    (1'000 + 100) * 6));
}

TEST(WorkloadsTest, DigitsAreNormalised) {
  const Workload digits = Load("w1_digits");
  EXPECT_EQ(NumParameters(digits), 70'906);
  const PairSet& pairs = std::get<PairWorkload>(digits.task).pairs->train;
  double sum = 0;
  double squares = 0;
  for (const float x : pairs.inputs.values()) {
    sum += x;
    squares += double{x} * x;
  }
  const auto count = static_cast<double>(pairs.inputs.size());
  EXPECT_NEAR(sum / count, 0, 1e-6);
  EXPECT_NEAR(squares / count, 1, 1e-4);
}

TEST(WorkloadsTest, W3) {
  for (const auto& [name, batch_size] :
       {std::pair("w3_batch1", 1), std::pair("w3_batch10", 10),
        std::pair("w3_batch100", 100)}) {
    const Workload w3 = Load(name);
    EXPECT_EQ(std::get<DiskWorkload>(w3.task).batch_size, batch_size);
    EXPECT_EQ(NumParameters(w3), 1'427);
    EXPECT_EQ(NumExamples(w3), 100 * 1'000);
    EXPECT_EQ(DenseFlops(w3), 100e3 * (50 * 4 + (625 + 625 + 50) * 6));
  }
}

TEST(WorkloadsTest, W4) {
  const Workload w4 = Load("w4");
  EXPECT_EQ(NumParameters(w4), 140'820);
  EXPECT_EQ(NumExamples(w4), 5 * 1'000);
  // Without the normalisations' operations.
  EXPECT_EQ(DenseFlops(w4),
            5e3 * (2 * (196 * 288 * 4 + (196 * 9'216 + 49 * 18'432 +
                                         49 * 36'864 + 73'728 + 1'280) *
                                            6) +
                   40 * 6));
}

TEST(WorkloadsTest, LeNet) {
  WorkloadOptions options;
  options.images = 70;
  const Workload lenet = Load("lenet_2threads", options);
  // LeNet-5's, with all of the first layer's maps connected to the second's.
  EXPECT_EQ(NumParameters(lenet), 61'706);
  EXPECT_EQ(NumExamples(lenet), 2 * 2 * 70);
  EXPECT_EQ(DenseFlops(lenet),
            280 * (784 * 150 * 4 + (100 * 2'400 + 48'000 + 10'080 + 840) * 6));
}

TEST(WorkloadsTest, OptionsReplaceEpochs) {
  WorkloadOptions options;
  options.epochs = 3;
  EXPECT_EQ(NumExamples(Load("w2", options)), 3 * 1'000);
  EXPECT_EQ(NumExamples(Load("w3_batch1", options)), 3 * 1'000);
}

TEST(WorkloadsTest, MistakesAreFoundWithoutData) {
  EXPECT_THAT(CheckWorkloads(WorkloadNames(), {}), IsOk());
  EXPECT_THAT(CheckWorkloads({"w1", "w9"}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"w9\""), HasSubstr("w3_batch1"))));
  WorkloadOptions options;
  options.epochs = 0;
  EXPECT_THAT(
      LoadWorkload("w1", options),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--epochs is 0")));
  options.epochs = 1;
  for (const int64_t images : {0, 60'001}) {
    options.images = images;
    EXPECT_THAT(LoadWorkload("lenet", options),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("; expected 1 to 60000")));
  }
}

}  // namespace
}  // namespace minidl
