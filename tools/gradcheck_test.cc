#include "tools/gradcheck.h"

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/gradient_check.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(JudgeTest, WrongIsMoreThanRoundingAndAMillionth) {
  GradientError error = {"x", 0.9e-6, 1};
  error.num_checked = 10;
  EXPECT_EQ(Judge(error), GradientVerdict::kRight);
  error.max_error = 1.1e-6;
  EXPECT_EQ(Judge(error), GradientVerdict::kWrong);
  error.rounding = 0.2e-6;
  EXPECT_EQ(Judge(error), GradientVerdict::kRight);
  error.max_error = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Judge(error), GradientVerdict::kWrong);
}

TEST(JudgeTest, KinksAloneSayNothing) {
  GradientError error = {"x", 0, 0};
  error.num_kinks = 3;
  EXPECT_EQ(Judge(error), GradientVerdict::kAtKinks);
  error.num_checked = 1;
  EXPECT_EQ(Judge(error), GradientVerdict::kRight);
}

// Every kind of layer.
constexpr char kArchitecture[] = R"(name: "all"
branches: SHARED
branch { conv2d { out_channels: 3 kernel_size: 3 dilation: 2 } }
branch { batch_norm2d {} }
branch { leaky_relu {} }
branch {
  residual {
    layers { conv2d { out_channels: 4 kernel_size: 3 padding: 1 } }
    layers { sequential { layers { gelu {} } } }
    shortcut { conv2d { out_channels: 4 kernel_size: 1 } }
  }
}
branch { avg_pool2d { kernel_size: 3 } }
branch { max_pool2d { kernel_size: 2 } }
branch { relu {} }
branch { flatten {} }
branch { layer_norm {} }
branch { dropout { probability: 0.3 } }
branch { linear { out_features: 6 } }
branch { batch_norm1d {} }
branch { tanh {} }
branch { linear { out_features: 10 } }
head { sigmoid {} }
head { linear { out_features: 2 } }
auxiliary_loss_weight: 0.5
)";

class GradcheckTest : public testing::Test {
 protected:
  GradcheckTest()
      : path_(testing::TempDir() + "/" +
              testing::UnitTest::GetInstance()->current_test_info()->name() +
              ".textproto") {
    Write(kArchitecture);
    options_.files = {path_};
    options_.samples = 5;
  }

  void Write(const std::string& text) {
    std::filesystem::remove(path_);
    ASSERT_THAT(WriteFile(path_, text), IsOk());
  }

  const std::string path_;
  GradcheckOptions options_;
  FakeConsole fake_;
};

TEST_F(GradcheckTest, EveryLayersGradientsAreRight) {
  ASSERT_THAT(CheckArchitectureGradients(options_, fake_.console), IsOk());
  EXPECT_THAT(fake_.output, StartsWith("all, the loss of 4 pairs\n"));
  const std::vector<std::string> lines =
      absl::StrSplit(fake_.output, '\n', absl::SkipEmpty());
  // The input, and weight and bias of three convolutions, three normalisations
  // and three linear layers; two lines before.
  EXPECT_THAT(lines, SizeIs(2 + 1 + 2 * 9));
  for (size_t i = 2; i < lines.size(); ++i) {
    EXPECT_TRUE(absl::EndsWith(lines[i], "right")) << lines[i];
  }
  EXPECT_THAT(fake_.output,
              AllOf(HasSubstr("\ninput "), HasSubstr("[4, 2, 14, 14]"),
                    HasSubstr("\nbranch.3.layers.0.weight "),
                    HasSubstr("\nbranch.3.shortcut.0.bias ")));
}

TEST_F(GradcheckTest, SeedDecides) {
  const auto output = [this](uint64_t seed) {
    FakeConsole fake;
    options_.seed = seed;
    EXPECT_THAT(CheckArchitectureGradients(options_, fake.console), IsOk());
    return fake.output;
  };
  const std::string first = output(1);
  EXPECT_EQ(output(1), first);
  EXPECT_THAT(output(2), Not(first));
}

TEST_F(GradcheckTest, MistakesStopBeforeAnyWork) {
  const auto expect_mistake = [this](const std::string& message) {
    EXPECT_THAT(
        CheckArchitectureGradients(options_, fake_.console),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  options_.batch_size = 0;
  expect_mistake("--batch_size is 0; expected at least 1");
  options_.batch_size = 4;
  options_.samples = -1;
  expect_mistake("--samples is -1; expected at least 0");
  options_.samples = 5;
  options_.files.clear();
  expect_mistake("no files");
  options_.files = {path_};
  Write("name: \"wrong\"\nbranches: JOINT\nbranch { linear {} }");
  expect_mistake("textproto:3:10: branch[0].linear.out_features is 0");
  // There is nothing to normalise.
  Write(R"(name: "one"
           branches: JOINT
           branch { flatten {} }
           branch { batch_norm1d {} }
           branch { linear { out_features: 2 } })");
  options_.batch_size = 1;
  expect_mistake("textproto: with --batch_size=1: branch[1]");
  EXPECT_THAT(fake_.output, IsEmpty());
}

}  // namespace
}  // namespace minidl
