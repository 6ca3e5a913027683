#include "tools/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "experiments/study.h"
#include "nn/gradient_check.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr double kTolerance = 1e-6;

// Classes of a batch, each of `num_classes` with the same probability.
Tensor<int64_t> RandomClasses(int64_t size, int64_t num_classes,
                              Generator& generator) {
  Tensor<int64_t> classes({size});
  for (int64_t& value : classes.values()) {
    value = static_cast<int64_t>(generator.Random64() %
                                 static_cast<uint64_t>(num_classes));
  }
  return classes;
}

// What is checked: a network and its loss for one batch.
class Problem {
 public:
  static absl::StatusOr<std::unique_ptr<Problem>> Create(
      const proto::Architecture& architecture, int64_t batch_size,
      uint64_t seed) {
    auto problem = std::unique_ptr<Problem>(new Problem(seed));
    MINIDL_ASSIGN_OR_RETURN(problem->network_,
                            BasicPairNetwork<double>::Create(
                                architecture, kDigitPairImages,
                                {problem->generator_, problem->dropout_}));
    MINIDL_RETURN_IF_ERROR(problem->network_->CheckTrainingBatch(batch_size));
    MINIDL_ASSIGN_OR_RETURN(problem->loss_,
                            BasicPairLoss<double>::Create(
                                architecture, kDigitPairImages.num_classes));
    problem->Draw(batch_size);
    return problem;
  }

  std::vector<GradientError> Check(int64_t samples) {
    const std::vector<BasicNamedParameter<double>> parameters =
        network_->Parameters();
    for (const auto& named : parameters) named.parameter->gradient.Fill(0);
    network_->branches().SetNeedsInputGradient(true);
    Loss();
    const Tensor<double> pairs_gradient = loss_->Backward(*network_).Clone();
    std::vector<Differentiated> differentiated = {
        {"input", &pairs_, &pairs_gradient}};
    for (const auto& [name, parameter] : parameters) {
      differentiated.push_back({name, &parameter->value, &parameter->gradient});
    }
    return CompareGradients(
        differentiated, [this] { return Loss(); }, samples, generator_);
  }

  // Of "input" and each parameter.
  std::map<std::string, Shape> Shapes() {
    std::map<std::string, Shape> shapes = {{"input", pairs_.shape()}};
    for (const auto& [name, parameter] : network_->Parameters()) {
      shapes.emplace(name, parameter->value.shape());
    }
    return shapes;
  }

 private:
  explicit Problem(uint64_t seed) : generator_(seed), dropout_(seed) {}

  void Draw(int64_t batch_size) {
    pairs_.Resize(
        {batch_size, 2, kDigitPairImages.height, kDigitPairImages.width});
    FillNormal(0, 1, generator_, pairs_);  // As normalised images.
    comparisons_ = RandomClasses(batch_size, 2, generator_);
    classes_ =
        RandomClasses(2 * batch_size, kDigitPairImages.num_classes, generator_);
  }

  double Loss() {
    dropout_ = first_dropout_;
    return loss_->Forward(network_->Forward(pairs_), comparisons_, classes_)
        .total;
  }

  Generator generator_;
  Generator dropout_;
  const Generator first_dropout_ = dropout_;  // Gives the same mask each time.
  std::unique_ptr<BasicPairNetwork<double>> network_;
  std::unique_ptr<BasicPairLoss<double>> loss_;
  Tensor<double> pairs_;
  Tensor<int64_t> comparisons_;
  Tensor<int64_t> classes_;
};

std::string VerdictName(GradientVerdict verdict) {
  switch (verdict) {
    case GradientVerdict::kRight:
      return "right";
    case GradientVerdict::kAtKinks:
      return "at kinks";
    case GradientVerdict::kWrong:
      return "WRONG";
  }
  return "";
}

std::string ShortExact(double value) { return absl::StrFormat("%.1e", value); }

// Whether `a` is worse than `b`. A NaN is the worst.
bool IsWorse(const GradientError& a, const GradientError& b) {
  const auto rank = [](const GradientError& error) {
    const double relative = error.relative();
    return std::make_pair(Judge(error),
                          std::isnan(relative) ? HUGE_VAL : relative);
  };
  return rank(a) > rank(b);
}

std::string ErrorTable(const std::vector<GradientError>& errors,
                       const std::map<std::string, Shape>& shapes) {
  Table table = {{{"gradient by", Alignment::kLeft},
                  {"shape", Alignment::kLeft},
                  {"checked"},
                  {"kinks"},
                  {"max error"},
                  {"relative"},
                  {"verdict", Alignment::kLeft}},
                 {}};
  for (const GradientError& error : errors) {
    table.rows.push_back(
        {error.name, shapes.at(error.name).ToString(),
         FormatCount(error.num_checked), FormatCount(error.num_kinks),
         ShortExact(error.max_error), ShortExact(error.relative()),
         VerdictName(Judge(error))});
  }
  return TextTable(table);
}

}  // namespace

GradientVerdict Judge(const GradientError& error) {
  if (!(error.max_error <= error.rounding + kTolerance * error.max_gradient)) {
    return GradientVerdict::kWrong;
  }
  return error.num_checked == 0 && error.num_kinks > 0
             ? GradientVerdict::kAtKinks
             : GradientVerdict::kRight;
}

absl::Status CheckArchitectureGradients(const GradcheckOptions& options,
                                        const Console& console) {
  if (options.files.empty()) {
    return absl::InvalidArgumentError(
        "no files; expected at least one architecture");
  }
  if (options.batch_size < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--batch_size is ", options.batch_size, "; expected at least 1"));
  }
  if (options.samples < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--samples is ", options.samples, "; expected at least 0"));
  }
  std::vector<proto::Architecture> architectures;
  std::vector<std::unique_ptr<Problem>> problems;
  for (const std::string& file : options.files) {
    const std::string path = UserPath(file);
    MINIDL_ASSIGN_OR_RETURN(architectures.emplace_back(),
                            ReadArchitecture(path));
    absl::StatusOr<std::unique_ptr<Problem>> problem =
        Problem::Create(architectures.back(), options.batch_size, options.seed);
    if (!problem.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": with --batch_size=", options.batch_size, ": ",
                       problem.status().message()));
    }
    problems.push_back(*std::move(problem));
  }
  int num_wrong = 0;
  int num_all = 0;
  for (size_t i = 0; i < problems.size(); ++i) {
    std::vector<GradientError> errors = problems[i]->Check(options.samples);
    std::stable_sort(errors.begin(), errors.end(), IsWorse);
    num_all += static_cast<int>(errors.size());
    num_wrong += static_cast<int>(
        std::count_if(errors.begin(), errors.end(), [](const auto& error) {
          return Judge(error) == GradientVerdict::kWrong;
        }));
    MINIDL_RETURN_IF_ERROR(console.print(absl::StrCat(
        i == 0 ? "" : "\n", architectures[i].name(), ", the loss of ",
        options.batch_size, options.batch_size == 1 ? " pair\n" : " pairs\n",
        ErrorTable(errors, problems[i]->Shapes()))));
  }
  if (num_wrong == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(num_wrong, " of ", num_all, " gradients are wrong"));
}

}  // namespace minidl
