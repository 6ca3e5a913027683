#ifndef MINIDL_TENSOR_GENERATOR_H_
#define MINIDL_TENSOR_GENERATOR_H_

#include <array>
#include <cstdint>
#include <optional>

namespace minidl {

// A source of random numbers: the Mersenne Twister MT19937 (Matsumoto and
// Nishimura, 1998), seeded and read as PyTorch's CPU generator does, so that
// the functions of random.h give PyTorch's numbers for the same seed. There is
// no global generator; whoever draws numbers is handed one.
class Generator {
 public:
  // As torch.manual_seed(seed), which uses the low 32 bits alone.
  explicit Generator(uint64_t seed);

  // Uniform over all 32-bit numbers.
  uint32_t Random32();

  // The next n numbers of Random32.
  void Random32(int64_t n, uint32_t* output);

  // Uniform over all 64-bit numbers; two calls of Random32, high half first.
  uint64_t Random64();

  // The second of the two values that a Box-Muller transform gives, kept for
  // the next draw of a single normal number, as in PyTorch.
  std::optional<double>& spare_normal() { return spare_normal_; }

 private:
  static constexpr int kStateSize = 624;

  void Refill();

  std::array<uint32_t, kStateSize> state_;
  int next_ = kStateSize;
  std::optional<double> spare_normal_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_GENERATOR_H_
