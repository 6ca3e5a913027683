#include "tools/summary.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "statistics/table.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::StartsWith;

constexpr char kArchitecture[] = R"(name: "small"
branches: SHARED
branch { conv2d { out_channels: 16 kernel_size: 4 stride: 2 padding: 1 } }
branch { flatten {} }
branch { linear { out_features: 10 } }
head { linear { out_features: 2 } }
)";

class SummaryTest : public testing::Test {
 protected:
  SummaryTest()
      : path_(testing::TempDir() + "/" +
              testing::UnitTest::GetInstance()->current_test_info()->name() +
              ".textproto") {
    Write(kArchitecture);
    options_.files = {path_};
    options_.study_file =
        FindRunfile("experiments/studies/default.textproto").value();
  }

  void Write(const std::string& text) {
    std::filesystem::remove(path_);
    ASSERT_THAT(WriteFile(path_, text), IsOk());
  }

  const std::string path_;
  SummaryOptions options_;
  FakeConsole fake_;
};

TEST_F(SummaryTest, PrintsLayersAsATreeAndTotals) {
  options_.batch_size = 10;
  // By hand: each of 20 images takes 2·4·4 operations for each of the
  // convolution's 784 outputs, once forward and once by the weights, and one
  // more by the bias: 20·(2·25,088 + 784).
  ASSERT_THAT(PrintSummaries(options_, fake_.console), IsOk());
  EXPECT_EQ(fake_.output,
            R"(small, a batch of 10 pairs
================================================================================
layer                             output      params   FLOPs  activations
================================================================================
branch SharedBranches             [20]         8,122  1.96 M      123 KiB
├─0 Conv2d(1, 16, kernel_size=4,  [16, 7, 7]     272  1.02 M     61.2 KiB
│     stride=2, padding=1)
├─1 Flatten()                     [784]            -       0     61.2 KiB
└─2 Linear(784, 10)               [10]         7,850   941 k        800 B
head Sequential                   [2]             42  2.42 k         80 B
└─0 Linear(20, 2)                 [2]             42  2.42 k         80 B
================================================================================
parameters         8,164
FLOPs of a step    1.96 M: forward 816 k, backward 1.15 M
memory of a step   390 KiB: input 15.3 KiB, parameters 31.9 KiB,
                   their gradients 31.9 KiB, adam 63.8 KiB, activations 123 KiB,
                   their gradients 123 KiB

FLOPs: additions, multiplications, comparisons and values of functions, one
each, forward and backward, as defined; without losses and optimizer.
Memory: every layer's output, and no workspaces; it is less where Conv2d,
MaxPool2d and ReLU are computed in one pass.
)");
}

TEST_F(SummaryTest, CountsTheParametersOfAllNetworks) {
  Write(std::string(kArchitecture) + "networks: 3\n");
  options_.batch_size = 10;
  ASSERT_THAT(PrintSummaries(options_, fake_.console), IsOk());
  EXPECT_THAT(
      fake_.output,
      AllOf(StartsWith("small, a batch of 10 pairs, one of 3 networks\n"),
            HasSubstr("\nparameters         24,492: 3 networks of 8,164\n"),
            // What a step costs is one network's.
            HasSubstr("\nFLOPs of a step    1.96 M: forward 816 k"),
            HasSubstr("input 15.3 KiB, parameters 31.9 KiB,")));
  options_.format = "json";
  ASSERT_THAT(PrintSummaries(options_, fake_.console), IsOk());
  EXPECT_THAT(fake_.output, AllOf(HasSubstr(R"("parameters":"24492")"),
                                  HasSubstr(R"("networks":3)")));
}

TEST_F(SummaryTest, FitsATerminal) {
  options_.files = {};
  ASSERT_THAT(PrintSummaries(options_, fake_.console), IsOk());
  EXPECT_THAT(fake_.output, StartsWith("convnet, a batch of 50 pairs\n"));
  EXPECT_THAT(fake_.output, HasSubstr("\nconvnet_shared_aux, a batch of"));
  const std::vector<std::string> lines = absl::StrSplit(fake_.output, '\n');
  for (const std::string& line : lines) {
    EXPECT_THAT(TextWidth(line), Le(80u)) << line;
  }
}

TEST_F(SummaryTest, PrintsJson) {
  options_.files = {path_, path_};
  options_.format = "json";
  ASSERT_THAT(PrintSummaries(options_, fake_.console), IsOk());
  EXPECT_THAT(fake_.output, StartsWith("[{"));
  EXPECT_THAT(fake_.output,
              AllOf(HasSubstr(R"("architecture":"small")"),
                    HasSubstr("\"description\":\"Linear(784, 10)\""),
                    HasSubstr(R"("optimizer":"adam")"), HasSubstr("},\n{")));
}

TEST_F(SummaryTest, MistakesPrintNothing) {
  const auto is_mistake = [](const std::string& message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
  };
  options_.batch_size = 0;
  EXPECT_THAT(PrintSummaries(options_, fake_.console),
              is_mistake("--batch_size is 0; expected at least 1"));
  options_.batch_size.reset();
  options_.format = "xml";
  EXPECT_THAT(PrintSummaries(options_, fake_.console),
              is_mistake("--format is \"xml\""));
  options_.format = "text";
  Write("name: \"wrong\"\nbranches: JOINT\nbranch { linear {} }");
  EXPECT_THAT(PrintSummaries(options_, fake_.console),
              is_mistake("MistakesPrintNothing.textproto:3:10: "
                         "branch[0].linear.out_features is 0"));
  options_.files = {"/none.textproto"};
  EXPECT_THAT(
      PrintSummaries(options_, fake_.console),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.textproto")));
  EXPECT_THAT(fake_.output, IsEmpty());
}

}  // namespace
}  // namespace minidl
