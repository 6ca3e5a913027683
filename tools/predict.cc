#include "tools/predict.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/proto_json.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "data/pair_sets.h"
#include "data/standardize.h"
#include "models/model_file.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "proto/model.pb.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"
#include "tools/console.h"
#include "tools/pair_inputs.h"
#include "tools/prediction.pb.h"

namespace minidl {
namespace {

// Pairs that are evaluated at a time: few enough for the processor's cache.
constexpr int64_t kBatch = 100;

bool IsFinite(absl::Span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float x) { return std::isfinite(x); });
}

// The index of the largest value, the first of equal ones.
int32_t Largest(absl::Span<const float> values) {
  return static_cast<int32_t>(std::max_element(values.begin(), values.end()) -
                              values.begin());
}

// Of the class `i` by the softmax of `logits`, which are finite.
double Probability(absl::Span<const float> logits, int32_t i) {
  double sum = 0;
  for (const float logit : logits) {
    sum += std::exp(double{logit} - double{logits[static_cast<size_t>(i)]});
  }
  return 1 / sum;
}

void Count(bool wrong, proto::WrongAnswers& answers) {
  answers.set_wrong(answers.wrong() + (wrong ? 1 : 0));
  answers.set_total(answers.total() + 1);
}

// What the network gives for pair `pair`, row `row` of a batch.
proto::Prediction PredictionOf(const PairInputs& inputs, int64_t pair,
                               int64_t row, const Tensor<float>& comparison,
                               const Tensor<float>* classes) {
  proto::Prediction prediction;
  prediction.set_pair(static_cast<int32_t>(pair));
  if (!inputs.files.empty()) {
    prediction.set_first_file(inputs.files[static_cast<size_t>(2 * pair)]);
    prediction.set_second_file(inputs.files[static_cast<size_t>(2 * pair + 1)]);
  }
  if (classes != nullptr) {
    const absl::Span<const float> first = classes->Outer(2 * row);
    const absl::Span<const float> second = classes->Outer(2 * row + 1);
    if (IsFinite(first)) {
      prediction.set_first_digit(Largest(first));
      prediction.set_first_probability(
          Probability(first, prediction.first_digit()));
    }
    if (IsFinite(second)) {
      prediction.set_second_digit(Largest(second));
      prediction.set_second_probability(
          Probability(second, prediction.second_digit()));
    }
  }
  const absl::Span<const float> logits = comparison.Outer(row);
  if (IsFinite(logits)) {
    prediction.set_probability(Probability(logits, 1));
    prediction.set_answer(Largest(logits) == 1);
  }
  if (inputs.targets.has_value()) {
    prediction.set_target((*inputs.targets)(pair) == 1);
  }
  if (inputs.classes.has_value()) {
    prediction.set_first_label(
        static_cast<int32_t>((*inputs.classes)(pair, 0)));
    prediction.set_second_label(
        static_cast<int32_t>((*inputs.classes)(pair, 1)));
  }
  return prediction;
}

void CountErrors(const proto::Prediction& prediction, bool classifies,
                 proto::Predictions& predictions) {
  if (prediction.has_target()) {
    Count(
        !prediction.has_answer() || prediction.answer() != prediction.target(),
        *predictions.mutable_errors());
  }
  if (classifies && prediction.has_first_label()) {
    proto::WrongAnswers& errors = *predictions.mutable_digit_errors();
    Count(!prediction.has_first_digit() ||
              prediction.first_digit() != prediction.first_label(),
          errors);
    Count(!prediction.has_second_digit() ||
              prediction.second_digit() != prediction.second_label(),
          errors);
  }
}

// Of the first digit and the second.
std::string AnswerText(bool answer) { return answer ? "<=" : ">"; }

// A digit or a count that may not be there.
std::string IntegerText(bool is_there, int32_t value) {
  return is_there ? absl::StrCat(value) : kNotAvailable;
}

// A row for each pair. Probabilities have `decimals`, or all digits if that is
// nullopt.
Table TableOf(const proto::Predictions& predictions, bool classifies,
              std::optional<int> decimals) {
  const auto probability = [decimals](bool is_there, double value) {
    if (decimals.has_value()) {
      return FormatFixed(ValueIf(is_there, value), *decimals);
    }
    return is_there ? FormatExact(value) : kNotAvailable;
  };
  const proto::Prediction& first = predictions.predictions(0);
  const bool has_files = !first.first_file().empty();
  const bool has_target = first.has_target();
  const bool has_labels = first.has_first_label();
  Table table;
  table.columns.push_back({"pair"});
  if (has_files) {
    table.columns.push_back({"file1", Alignment::kLeft});
    table.columns.push_back({"file2", Alignment::kLeft});
  }
  if (has_labels) {
    table.columns.push_back({"label1"});
    table.columns.push_back({"label2"});
  }
  if (classifies) {
    table.columns.push_back({"digit1"});
    table.columns.push_back({"p1"});
    table.columns.push_back({"digit2"});
    table.columns.push_back({"p2"});
  }
  table.columns.push_back({"p(<=)"});
  table.columns.push_back({"answer", Alignment::kLeft});
  if (has_target) {
    table.columns.push_back({"truth", Alignment::kLeft});
    table.columns.push_back({"right", Alignment::kLeft});
  }
  for (const proto::Prediction& prediction : predictions.predictions()) {
    std::vector<std::string> row = {absl::StrCat(prediction.pair())};
    if (has_files) {
      row.push_back(prediction.first_file());
      row.push_back(prediction.second_file());
    }
    if (has_labels) {
      row.push_back(absl::StrCat(prediction.first_label()));
      row.push_back(absl::StrCat(prediction.second_label()));
    }
    if (classifies) {
      row.push_back(
          IntegerText(prediction.has_first_digit(), prediction.first_digit()));
      row.push_back(probability(prediction.has_first_probability(),
                                prediction.first_probability()));
      row.push_back(IntegerText(prediction.has_second_digit(),
                                prediction.second_digit()));
      row.push_back(probability(prediction.has_second_probability(),
                                prediction.second_probability()));
    }
    row.push_back(
        probability(prediction.has_probability(), prediction.probability()));
    row.push_back(prediction.has_answer() ? AnswerText(prediction.answer())
                                          : kNotAvailable);
    if (has_target) {
      const bool right =
          prediction.has_answer() && prediction.answer() == prediction.target();
      row.push_back(AnswerText(prediction.target()));
      row.push_back(right ? "yes" : "no");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// "error: 3.50 % (35 of 1,000 pairs)\n", or nothing.
std::string ErrorLine(absl::string_view name, bool is_there,
                      const proto::WrongAnswers& answers,
                      absl::string_view things) {
  if (!is_there) return "";
  const double percent =
      100.0 * answers.wrong() / static_cast<double>(answers.total());
  return absl::StrCat(name, ": ", FormatFixed(percent, 2), " % (",
                      FormatCount(answers.wrong()), " of ",
                      FormatCount(answers.total()), " ", things, ")\n");
}

std::string ErrorLines(const proto::Predictions& predictions) {
  return ErrorLine("error", predictions.has_errors(), predictions.errors(),
                   "pairs") +
         ErrorLine("digit error", predictions.has_digit_errors(),
                   predictions.digit_errors(), "digits");
}

absl::Status CheckImages(const proto::Model& model, const std::string& path) {
  if (model.height() == kPairSide && model.width() == kPairSide) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": the model is of images of ", model.height(), "x",
                   model.width(), "; expected ", kPairSide, "x", kPairSide));
}

}  // namespace

proto::Predictions Predict(const proto::Model& model, const PairInputs& inputs,
                           PairEnsemble& ensemble) {
  const FlushDenormals flush_denormals;
  Standardization standardization;
  if (model.has_input_normalization()) {
    standardization = {model.input_normalization().mean(),
                       model.input_normalization().deviation()};
  }
  ensemble.set_background(standardization.Of(0));
  const bool classifies = ClassifiesImages(model.architecture());
  const int64_t num_pairs = inputs.pairs.shape()[0];
  proto::Predictions predictions;
  predictions.set_architecture(model.architecture().name());
  Tensor<float> batch;
  for (int64_t start = 0; start < num_pairs; start += kBatch) {
    const int64_t size = std::min(kBatch, num_pairs - start);
    batch.Resize({size, 2, kPairSide, kPairSide});
    const float* begin = inputs.pairs.Outer(start).data();
    std::copy(begin, begin + batch.size(), batch.data());
    standardization.Apply(batch);
    const PairNetwork::Output output = ensemble.Predict(batch);
    for (int64_t row = 0; row < size; ++row) {
      proto::Prediction& prediction = *predictions.add_predictions();
      prediction = PredictionOf(inputs, start + row, row, output.comparison,
                                classifies ? output.classes : nullptr);
      CountErrors(prediction, classifies, predictions);
    }
  }
  return predictions;
}

absl::Status PrintPredictions(const PredictOptions& options,
                              const Console& console) {
  const std::string& format = options.format;
  if (format != "text" && format != "csv" && format != "json") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--format is \"", format, "\"; expected text, csv or json"));
  }
  const std::string path = UserPath(options.model);
  MINIDL_ASSIGN_OR_RETURN(const proto::Model model, ReadModelFile(path));
  MINIDL_RETURN_IF_ERROR(CheckImages(model, path));
  Generator dropout(/*seed=*/0);  // Nothing is dropped.
  const absl::StatusOr<std::unique_ptr<PairEnsemble>> ensemble =
      LoadPairEnsemble(model, dropout);
  if (!ensemble.ok()) {
    return absl::Status(ensemble.status().code(),
                        absl::StrCat(path, ": ", ensemble.status().message()));
  }
  MINIDL_ASSIGN_OR_RETURN(const PairInputs inputs,
                          ReadPairInputs(options.inputs, console));
  proto::Predictions predictions = Predict(model, inputs, **ensemble);
  predictions.set_model(path);

  if (format == "json") {
    google::protobuf::util::JsonPrintOptions pretty;
    pretty.add_whitespace = true;
    return console.print(ProtoJson(predictions, pretty));
  }
  if (format == "csv") {
    MINIDL_RETURN_IF_ERROR(console.print(CsvTable(TableOf(
        predictions, ClassifiesImages(model.architecture()), std::nullopt))));
    const std::string errors = ErrorLines(predictions);
    if (!errors.empty()) {
      console.note(absl::string_view(errors).substr(0, errors.size() - 1));
    }
    return absl::OkStatus();
  }
  const std::string errors = ErrorLines(predictions);
  return console.print(
      absl::StrCat(TextTable(TableOf(
                       predictions, ClassifiesImages(model.architecture()), 3)),
                   errors.empty() ? "" : "\n", errors));
}

}  // namespace minidl
