#ifndef MINIDL_EXPERIMENTS_DISK_H_
#define MINIDL_EXPERIMENTS_DISK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/disk_set.h"
#include "nn/sequential.h"
#include "tensor/tensor.h"

namespace minidl {

// The mini framework's own test program: a network of 2→25→25→25→2 units tells
// points inside a disk from those outside, trained by the mean squared error
// with the one-hot labels.
struct DiskOptions {
  uint64_t seed = 0;
  int64_t points = 1000;  // Of the training set, and of the test set.
  int epochs = 400;
  int64_t batch_size = 10;
  std::string activation = "tanh";
  std::string optimizer = "sgd";
  std::string schedule = "one_cycle";
  // The largest, of the schedule; by default, what suits the optimizer.
  std::optional<double> learning_rate;
  double momentum = 0;  // Of sgd.
  double weight_decay = 1e-4;
};

// A trained network and what it was trained and tested on.
struct DiskRound {
  DiskSet train;
  DiskSet test;
  std::unique_ptr<Sequential> network;
  double train_error;  // Fractions of wrong answers, from 0 to 1.
  double test_error;
};

// InvalidArgument, with the flag, if an option is out of its range.
absl::Status ValidateDiskOptions(const DiskOptions& options);

// How a network is trained, in words: "tanh, sgd at a learning rate of 0.05,
// weight decay 0.0001, one_cycle, 400 epochs in batches of 10, 1000 points".
std::string DescribeDiskTraining(const DiskOptions& options);

// Draws both sets and the initial weights from Generator(seed), trains, and
// evaluates; denormals are zeros. `log` is called after each epoch, from 1,
// with the mean loss over the epoch. OutOfRange, with the epoch, if the loss is
// not finite.
absl::StatusOr<DiskRound> RunDisk(
    const DiskOptions& options,
    const std::function<void(int epoch, double loss)>& log);

// The network's answers for points (N×2) of the unit square, N: 1 for inside
// the disk, 0 for outside.
Tensor<int64_t> DiskAnswers(const Tensor<float>& points, Sequential& network);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_DISK_H_
