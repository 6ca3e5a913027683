#include "data/standardize.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Every `step`-th of `values`, from `first` on.
void Apply(const Standardization& standardization, int64_t first, int64_t step,
           Tensor<float>& values) {
  const double mean = standardization.mean;
  const double deviation = standardization.deviation;
  const double scale = deviation > 0 ? 1 / deviation : 0;
  for (int64_t i = first; i < values.size(); i += step) {
    float& x = values.data()[i];
    x = static_cast<float>((double{x} - mean) * scale);
  }
}

}  // namespace

void Standardization::Apply(Tensor<float>& values) const {
  minidl::Apply(*this, /*first=*/0, /*step=*/1, values);
}

float Standardization::Of(float value) const {
  Tensor<float> values({1}, {value});
  Apply(values);
  return values(0);
}

std::vector<Standardization> Standardize(int64_t num_features,
                                         Tensor<float>& training,
                                         Tensor<float>& test) {
  MINIDL_CHECK(num_features > 0 && training.size() % num_features == 0 &&
                   test.size() % num_features == 0 &&
                   training.size() / num_features >= 2,
               "Standardize: ", num_features, " features of training set ",
               training.shape().ToString(), " and test set ",
               test.shape().ToString());
  const auto count = static_cast<double>(training.size() / num_features);
  std::vector<Standardization> done;
  for (int64_t feature = 0; feature < num_features; ++feature) {
    double sum = 0;
    for (int64_t i = feature; i < training.size(); i += num_features) {
      sum += double{training.data()[i]};
    }
    const double mean = sum / count;
    double squares = 0;
    for (int64_t i = feature; i < training.size(); i += num_features) {
      const double difference = double{training.data()[i]} - mean;
      squares += difference * difference;
    }
    done.push_back({mean, std::sqrt(squares / (count - 1))});
    for (Tensor<float>* set : {&training, &test}) {
      Apply(done.back(), feature, num_features, *set);
    }
  }
  return done;
}

}  // namespace minidl
