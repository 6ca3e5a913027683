#include "tests/parity/golden.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/fingerprint.h"
#include "base/runfile.h"
#include "base/text_proto.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

template <typename Message>
Message Read(const std::string& file) {
  const absl::StatusOr<std::string> path = FindRunfile(file);
  MINIDL_CHECK(path.ok(), path.status().ToString());
  Message message;
  const absl::Status status = ReadTextProto(*path, &message);
  MINIDL_CHECK(status.ok(), status.ToString());
  return message;
}

template <typename T>
void ExpectNearAs(absl::Span<const T> actual, const GoldenCase& golden,
                  const std::string& name, double tolerance) {
  const auto& expected = golden.Array(name).values();
  ASSERT_EQ(actual.size(), static_cast<size_t>(expected.size())) << name;
  // A NaN is the largest error, and stays it.
  size_t worst = 0;
  double largest = 0;
  for (size_t i = 0; i < actual.size() && !std::isnan(largest); ++i) {
    const double error =
        std::abs(double{actual[i]} - expected[static_cast<int>(i)]);
    if (!(error <= largest)) {
      largest = error;
      worst = i;
    }
  }
  EXPECT_LE(largest, tolerance)
      << name << "[" << worst << "] is " << actual[worst] << "; PyTorch has "
      << expected[static_cast<int>(worst)];
}

}  // namespace

const parity::Array& GoldenCase::Array(absl::string_view name) const {
  const auto& arrays = result.arrays();
  const auto array =
      std::find_if(arrays.begin(), arrays.end(),
                   [name](const auto& a) { return a.name() == name; });
  MINIDL_CHECK(array != arrays.end(), message.name(), " has no array \"", name,
               "\"");
  return *array;
}

std::ostream& operator<<(std::ostream& stream, const GoldenCase& golden) {
  return stream << golden.message.name();
}

std::vector<GoldenCase> LoadGolden(const std::string& name) {
  const auto cases = Read<parity::Cases>(
      absl::StrCat("tests/parity/cases/", name, ".textproto"));
  const auto golden = Read<parity::Golden>(
      absl::StrCat("tests/parity/golden/", name, ".textproto"));
  std::vector<GoldenCase> loaded;
  for (int i = 0; i < cases.cases_size(); ++i) {
    MINIDL_CHECK(cases.cases_size() == golden.results_size() &&
                     cases.cases(i).name() == golden.results(i).name(),
                 "golden/", name, ".textproto is not of the cases in cases/",
                 name, ".textproto: run tests/parity/make_golden.py ", name);
    loaded.push_back({cases.cases(i), golden.results(i)});
  }
  return loaded;
}

proto::Architecture LoadArchitecture(const std::string& file) {
  return Read<proto::Architecture>(
      absl::StrCat("experiments/architectures/", file));
}

void ExpectNear(absl::Span<const float> actual, const GoldenCase& golden,
                const std::string& name, double tolerance) {
  ExpectNearAs(actual, golden, name, tolerance);
}

void ExpectNear(absl::Span<const double> actual, const GoldenCase& golden,
                const std::string& name, double tolerance) {
  ExpectNearAs(actual, golden, name, tolerance);
}

void ExpectSameBits(absl::Span<const float> actual, const GoldenCase& golden,
                    const std::string& name) {
  const parity::Array& expected = golden.Array(name);
  for (int i = 0; i < expected.values_size(); ++i) {
    EXPECT_EQ(actual.at(static_cast<size_t>(i)),
              static_cast<float>(expected.values(i)))
        << name << "[" << i << "]";
  }
  Fingerprint fingerprint;
  fingerprint.Add(actual);
  EXPECT_EQ(fingerprint.value(), expected.fingerprint()) << name;
}

Shape ToShape(const google::protobuf::RepeatedField<int64_t>& sizes) {
  return Shape(
      absl::MakeConstSpan(sizes.data(), static_cast<size_t>(sizes.size())));
}

Tensor<float> Uniform(const Shape& shape, Generator& generator) {
  Tensor<float> tensor(shape);
  FillUniform(-1, 1, generator, tensor);
  return tensor;
}

}  // namespace minidl
