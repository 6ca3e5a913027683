#include "nn/pair_ensemble.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "nn/build_layers.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/cross_entropy.h"
#include "tensor/elementwise.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// More than anyone waits for.
constexpr int kMaxNetworks = 100;

// `moved` becomes `images` (...×H×W), each moved `down` and `right`; where
// nothing comes from, it is `background`.
void Move(const Tensor<float>& images, int64_t down, int64_t right,
          float background, Tensor<float>& moved) {
  const Shape& shape = images.shape();
  const int64_t height = shape[shape.rank() - 2];
  const int64_t width = shape[shape.rank() - 1];
  moved.Resize(shape);
  moved.Fill(background);
  const int64_t columns = width - std::abs(right);
  const int64_t from_column = std::max<int64_t>(-right, 0);
  const int64_t to_column = std::max<int64_t>(right, 0);
  if (columns <= 0) return;
  const int64_t first_row = std::max<int64_t>(down, 0);
  const int64_t end_row = height + std::min<int64_t>(down, 0);
  for (int64_t image = 0; image < images.size(); image += height * width) {
    for (int64_t row = first_row; row < end_row; ++row) {
      std::copy_n(images.data() + image + (row - down) * width + from_column,
                  columns, moved.data() + image + row * width + to_column);
    }
  }
}

// What the names of network `k` of `count` begin with.
std::string Prefix(size_t k, size_t count) {
  return count == 1 ? "" : absl::StrCat(k, ".");
}

}  // namespace

void PairEnsemble::Average::Clear(const Tensor<float>& logits) {
  sum.Resize(logits.shape());
  sum.Fill(0);
  no_targets.Resize({logits.shape()[0]});
  no_targets.Fill(0);
}

void PairEnsemble::Average::Add(const Tensor<float>& logits) {
  // The loss is of no interest, but the softmax that comes with it.
  CrossEntropyForward(logits, no_targets, probabilities, workspace);
  AddTo(probabilities, sum);
}

const Tensor<float>& PairEnsemble::Average::Logits(int64_t count) {
  Scale(sum, 1 / static_cast<float>(count), sum);
  LogProbability(sum, sum);
  return sum;
}

PairEnsemble::PairEnsemble(std::vector<std::unique_ptr<PairNetwork>> networks,
                           int64_t test_shift)
    : networks_(std::move(networks)), test_shift_(test_shift) {}

absl::StatusOr<std::unique_ptr<PairEnsemble>> PairEnsemble::Create(
    const proto::Architecture& architecture, const PairImages& images,
    const NetworkGenerators& generators) {
  if (architecture.networks() < 0 || architecture.networks() > kMaxNetworks) {
    return FieldError("networks", architecture.networks(),
                      absl::StrCat("at least 0 and at most ", kMaxNetworks));
  }
  const int64_t largest_shift = std::min(images.height, images.width) - 1;
  if (architecture.test_shift() < 0 ||
      architecture.test_shift() > largest_shift) {
    return FieldError("test_shift", architecture.test_shift(),
                      absl::StrCat("at least 0 and at most ", largest_shift));
  }
  std::vector<std::unique_ptr<PairNetwork>> networks;
  const int count = std::max(architecture.networks(), 1);
  for (int k = 0; k < count; ++k) {
    MINIDL_ASSIGN_OR_RETURN(
        networks.emplace_back(),
        PairNetwork::Create(architecture, images, generators));
  }
  return std::unique_ptr<PairEnsemble>(
      new PairEnsemble(std::move(networks), architecture.test_shift()));
}

PairNetwork::Output PairEnsemble::Predict(const Tensor<float>& pairs) {
  for (const auto& network : networks_) network->SetTraining(false);
  if (networks_.size() == 1 && test_shift_ == 0) {
    return networks_[0]->Forward(pairs);
  }
  // At the first place, 0, nothing is moved.
  const std::array<std::array<int64_t, 2>, 5> places = {{{0, 0},
                                                         {-test_shift_, 0},
                                                         {test_shift_, 0},
                                                         {0, -test_shift_},
                                                         {0, test_shift_}}};
  const size_t num_places = test_shift_ == 0 ? 1 : places.size();
  bool classifies = false;
  int64_t count = 0;
  for (size_t place = 0; place < num_places; ++place) {
    const auto [down, right] = places[place];
    if (place > 0) Move(pairs, down, right, background_, moved_);
    for (const auto& network : networks_) {
      const PairNetwork::Output output =
          network->Forward(place > 0 ? moved_ : pairs);
      classifies = output.classes != nullptr;
      if (count++ == 0) {
        comparison_.Clear(output.comparison);
        if (classifies) classes_.Clear(*output.classes);
      }
      comparison_.Add(output.comparison);
      if (classifies) classes_.Add(*output.classes);
    }
  }
  return {comparison_.Logits(count),
          classifies ? &classes_.Logits(count) : nullptr};
}

std::vector<NamedParameter> PairEnsemble::Parameters() {
  std::vector<NamedParameter> all;
  for (size_t k = 0; k < networks_.size(); ++k) {
    for (NamedParameter& named : networks_[k]->Parameters()) {
      all.push_back(
          {Prefix(k, networks_.size()) + named.name, named.parameter});
    }
  }
  return all;
}

std::vector<NamedBuffer> PairEnsemble::Buffers() {
  std::vector<NamedBuffer> all;
  for (size_t k = 0; k < networks_.size(); ++k) {
    for (NamedBuffer& named : networks_[k]->Buffers()) {
      all.push_back({Prefix(k, networks_.size()) + named.name, named.tensor});
    }
  }
  return all;
}

}  // namespace minidl
