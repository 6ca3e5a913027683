#include "experiments/mistakes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "experiments/pair_training.h"
#include "proto/run_record.pb.h"
#include "tensor/tensor.h"

namespace minidl {

std::string Pixels(const Tensor<float>& inputs) {
  std::string pixels;
  pixels.reserve(inputs.values().size());
  for (const float value : inputs.values()) {
    pixels.push_back(static_cast<char>(std::lround(value)));
  }
  return pixels;
}

std::vector<proto::Mistake> SurestMistakes(std::vector<WrongPair> wrong_pairs,
                                           const Tensor<int64_t>& classes,
                                           absl::string_view pixels) {
  std::sort(wrong_pairs.begin(), wrong_pairs.end(),
            [](const WrongPair& a, const WrongPair& b) {
              return a.margin != b.margin ? a.margin > b.margin
                                          : a.pair < b.pair;
            });
  if (wrong_pairs.size() > kMaxMistakes) wrong_pairs.resize(kMaxMistakes);
  const size_t size = pixels.size() / static_cast<size_t>(classes.size() / 2);
  std::vector<proto::Mistake> mistakes;
  for (const WrongPair& wrong : wrong_pairs) {
    proto::Mistake& mistake = mistakes.emplace_back();
    mistake.set_pair(static_cast<int32_t>(wrong.pair));
    mistake.set_first_digit(static_cast<int32_t>(classes(wrong.pair, 0)));
    mistake.set_second_digit(static_cast<int32_t>(classes(wrong.pair, 1)));
    mistake.set_answer(wrong.answer == 1);
    // The softmax of two logits.
    mistake.set_probability(
        static_cast<float>(1 / (1 + std::exp(-double{wrong.margin}))));
    mistake.set_pixels(std::string(
        pixels.substr(static_cast<size_t>(wrong.pair) * size, size)));
  }
  return mistakes;
}

}  // namespace minidl
