#ifndef MINIDL_TESTS_PARITY_GOLDEN_H_
#define MINIDL_TESTS_PARITY_GOLDEN_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "google/protobuf/repeated_field.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tests/parity/parity.pb.h"

// What PyTorch computed, and how to compare with it. A test has a case of each
// kind in parity.proto for its parameter:
//
//   class ModuleParityTest : public testing::TestWithParam<GoldenCase> {};
//   TEST_P(ModuleParityTest, ...) { ... GetParam().message.module() ... }
//   INSTANTIATE_TEST_SUITE_P(Modules, ModuleParityTest,
//                            testing::ValuesIn(LoadGolden("modules")),
//                            CaseName());
namespace minidl {

// A case and what PyTorch computed for it.
struct GoldenCase {
  parity::Case message;
  parity::Result result;

  // The array `name` of the result. Stops the program if there is none.
  const parity::Array& Array(absl::string_view name) const;
};

// For messages of tests: the case's name.
std::ostream& operator<<(std::ostream& stream, const GoldenCase& golden);

// The cases of cases/NAME.textproto with their results. Stops the program if
// the two files do not belong together.
std::vector<GoldenCase> LoadGolden(const std::string& name);

// The architecture in experiments/architectures/`file`. Stops the program if
// there is none.
proto::Architecture LoadArchitecture(const std::string& file);

// Names tests by their cases.
struct CaseName {
  template <typename Info>
  std::string operator()(const Info& info) const {
    return info.param.message.name();
  }
};

// Fails the test unless `actual` has as many values as the array `name`, each
// within `tolerance` of PyTorch's.
void ExpectNear(absl::Span<const float> actual, const GoldenCase& golden,
                const std::string& name, double tolerance);
void ExpectNear(absl::Span<const double> actual, const GoldenCase& golden,
                const std::string& name, double tolerance);

// Fails the test unless `actual` has the bits of the array `name`.
void ExpectSameBits(absl::Span<const float> actual, const GoldenCase& golden,
                    const std::string& name);

// The shape that a repeated field gives.
Shape ToShape(const google::protobuf::RepeatedField<int64_t>& sizes);

// By how much of itself a number changes that is rounded to T, or to the digits
// of the golden values.
template <typename T>
constexpr double UnitRoundoff() {
  return std::is_same_v<T, float> ? 0x1p-24 : 5e-14;
}

// As a double, within `tolerance` times it of the expected one.
MATCHER_P(IsRelativelyNear, tolerance, "") {
  const auto& [actual, expected] = arg;
  const double error = std::abs(actual / double{expected} - 1);
  *result_listener << "whose relative error is " << error;
  return error <= tolerance;
}

// torch.empty(shape).uniform_(-1, 1)
Tensor<float> Uniform(const Shape& shape, Generator& generator);

// `tensor` with elements of another type.
template <typename T>
Tensor<T> Convert(const Tensor<float>& tensor) {
  Tensor<T> result(tensor.shape());
  std::copy(tensor.data(), tensor.data() + tensor.size(), result.data());
  return result;
}

}  // namespace minidl

#endif  // MINIDL_TESTS_PARITY_GOLDEN_H_
