#ifndef MINIDL_BENCHMARKS_WORKLOADS_H_
#define MINIDL_BENCHMARKS_WORKLOADS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/pair_sets.h"
#include "experiments/disk.h"
#include "google/protobuf/repeated_field.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// What the benchmarks train: w1 and w2 are networks on 1,000 pairs of random
// images, or of digits (pairs.textproto), w3 is experiments/disk, and lenet a
// convolutional network of LeNet's size on all of MNIST.
namespace minidl {

using Layers = google::protobuf::RepeatedPtrField<proto::Layer>;

// Training by TrainPairNetwork.
struct PairWorkload {
  proto::Architecture architecture;
  proto::Training training;
  std::shared_ptr<const PairSets> pairs;  // Without a test set.
};

// Training by RunDisk.
using DiskWorkload = DiskOptions;

// N images, 1×28×28, and their classes: the first of MNIST for training.
struct ImageSet {
  Tensor<float> images;  // Normalised.
  Tensor<int64_t> labels;
};

// Training to tell the first num_images images' classes, by cross-entropy and
// stochastic gradient descent.
struct ImageWorkload {
  Layers layers;
  std::shared_ptr<const ImageSet> set;
  int64_t num_images = 0;
  int epochs = 2;
  int64_t batch_size = 128;
  double learning_rate = 0.1;
};

struct Workload {
  std::string name;
  std::variant<PairWorkload, DiskWorkload, ImageWorkload> task;
  // How many threads do all of it at the same time, each a network of its own.
  int threads = 1;
};

// Instead of what the workload says, for trying things out.
struct WorkloadOptions {
  std::optional<int> epochs;
  std::optional<int64_t> images;
};

// "w1", "w2", "w1_digits", "w2_digits", "w3_batch1", "w3_batch10",
// "w3_batch100", "w4", "lenet" and "lenet_2threads".
std::vector<std::string> WorkloadNames();

// InvalidArgument, with the names that there are, if a name is none of them, or
// if an option is out of its range.
absl::Status CheckWorkloads(const std::vector<std::string>& names,
                            const WorkloadOptions& options);

// The same for one, with its data, if there is no such error.
absl::StatusOr<Workload> LoadWorkload(const std::string& name,
                                      const WorkloadOptions& options);

// LeNet-5 with max-pooling and ReLU, and `width` times its channels and
// features: 61,706 parameters for width 1.
Layers LeNetLayers(int width);

// The layers of the disk's network.
Layers DiskLayers();

// The shape of an example of ImageSet.
Shape ImageShape();

// Every training of a workload, by whatever framework, starts from the weights
// that Generator(kInitializationSeed) gives, and takes the examples in the
// orders that Generator(kShufflingSeed) gives. (The disk has its own seed, for
// both.)
inline constexpr uint64_t kInitializationSeed = 0;
inline constexpr uint64_t kShufflingSeed = 1;

// The network that `layers` make for examples of shape `input`, with weights
// from `generator`, or from Generator(kInitializationSeed).
std::unique_ptr<Sequential> BuildNetwork(const Layers& layers,
                                         const Shape& input,
                                         Generator& generator);
std::unique_ptr<Sequential> BuildNetwork(const Layers& layers,
                                         const Shape& input);

// How many examples (pairs, points, images) a training sees, all threads and
// epochs together.
int64_t NumExamples(const Workload& workload);

// The floating-point operations of the workload's convolutions and matrix
// products, forwards and backwards, as if nothing were skipped: a multiply-add
// is two. The gradient by the network's input is not among them.
double DenseFlops(const Workload& workload);

// How many numbers are trained, by each thread.
int64_t NumParameters(const Workload& workload);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_WORKLOADS_H_
