#include "nn/weight_average.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {

WeightAverage::WeightAverage(double decay,
                             const std::vector<NamedParameter>& parameters,
                             const std::vector<NamedBuffer>& buffers)
    : decay_(static_cast<float>(decay)) {
  MINIDL_CHECK(0 <= decay && decay < 1, "WeightAverage: decay ", decay);
  for (const NamedParameter& named : parameters) {
    values_.push_back(&named.parameter->value);
  }
  for (const NamedBuffer& named : buffers) values_.push_back(named.tensor);
  for (const Tensor<float>* value : values_) {
    averages_.push_back(value->Clone());
  }
}

void WeightAverage::Update() {
  // The first averages are the values themselves.
  const float kept = num_updates_ > 0 ? decay_ : 0;
  ++num_updates_;
  for (size_t i = 0; i < values_.size(); ++i) {
    const float* value = values_[i]->data();
    float* average = averages_[i].data();
    const int64_t size = averages_[i].size();
    for (int64_t j = 0; j < size; ++j) {
      average[j] = value[j] + kept * (average[j] - value[j]);
    }
  }
}

void WeightAverage::Swap() {
  MINIDL_CHECK(num_updates_ > 0, "WeightAverage: Swap before the first Update");
  for (size_t i = 0; i < values_.size(); ++i) {
    std::swap(*values_[i], averages_[i]);
  }
}

}  // namespace minidl
