// Initial values against PyTorch's modules that are created in our order after
// torch.manual_seed: the same bits.

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/study.h"
#include "gtest/gtest.h"
#include "nn/build_layers.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "tensor/generator.h"
#include "tests/parity/golden.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

class InitialValuesParityTest : public testing::TestWithParam<GoldenCase> {
 protected:
  static void ExpectParity(const std::vector<NamedParameter>& parameters) {
    ASSERT_EQ(parameters.size(),
              static_cast<size_t>(GetParam().result.arrays_size()));
    for (const NamedParameter& named : parameters) {
      ExpectSameBits(named.parameter->value.values(), GetParam(), named.name);
    }
  }
};

TEST_P(InitialValuesParityTest, SameBits) {
  const parity::InitialValuesCase& c = GetParam().message.initial_values();
  Generator generator(GetParam().message.seed());
  if (c.has_layers()) {
    const absl::StatusOr<std::unique_ptr<Sequential>> network =
        BuildLayers<float>(c.layers().layers(), "layers",
                           ToShape(c.layers().input()), {generator, generator});
    ASSERT_TRUE(network.ok()) << network.status();
    ExpectParity((*network)->Parameters());
  } else {
    const absl::StatusOr<std::unique_ptr<PairNetwork>> network =
        PairNetwork::Create(LoadArchitecture(c.architecture_file()),
                            kDigitPairImages, {generator, generator});
    ASSERT_TRUE(network.ok()) << network.status();
    ExpectParity((*network)->Parameters());
  }
}

INSTANTIATE_TEST_SUITE_P(InitialValues, InitialValuesParityTest,
                         testing::ValuesIn(LoadGolden("initial_values")),
                         CaseName());

}  // namespace
}  // namespace minidl
