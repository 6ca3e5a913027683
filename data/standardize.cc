#include "data/standardize.h"

#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

void Standardize(int64_t num_features, Tensor<float>& training,
                 Tensor<float>& test) {
  MINIDL_CHECK(num_features > 0 && training.size() % num_features == 0 &&
                   test.size() % num_features == 0 &&
                   training.size() / num_features >= 2,
               "Standardize: ", num_features, " features of training set ",
               training.shape().ToString(), " and test set ",
               test.shape().ToString());
  const auto count = static_cast<double>(training.size() / num_features);
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
    const double deviation = std::sqrt(squares / (count - 1));
    const double scale = deviation > 0 ? 1 / deviation : 0;
    for (Tensor<float>* set : {&training, &test}) {
      for (int64_t i = feature; i < set->size(); i += num_features) {
        float& x = set->data()[i];
        x = static_cast<float>((double{x} - mean) * scale);
      }
    }
  }
}

}  // namespace minidl
