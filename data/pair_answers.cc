#include "data/pair_answers.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "data/pair_set_file.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr char kNotKnown[] = "n/a";

// Takes a line's fields off the front of `rest`, as RFC 4180 has them: quoted
// ones may contain commas, line ends, and quotes, which are doubled. nullopt if
// a quoted one does not end.
std::optional<std::vector<std::string>> TakeFields(absl::string_view& rest) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  size_t i = 0;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (quoted && c == '"' && i + 1 < rest.size() && rest[i + 1] == '"') {
      fields.back().push_back('"');
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      fields.back().push_back(c);
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      fields.back().push_back(c);
    }
  }
  if (quoted) return std::nullopt;
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return fields;
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, 40)), "\"");
}

// A table with names above its columns.
class Table {
 public:
  Table(const std::string& path, std::vector<std::string> names)
      : path_(path), names_(std::move(names)) {}

  bool Has(absl::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  void SetLine(int64_t line, std::vector<std::string> fields) {
    line_ = line;
    fields_ = std::move(fields);
  }

  absl::Status Refused(absl::string_view reason) const {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ":", line_, ": ", reason));
  }

  // An error unless the line has as many fields as there are names.
  absl::Status CheckSize() const {
    if (fields_.size() == names_.size()) return absl::OkStatus();
    return Refused(absl::StrCat("expected ", names_.size(), " fields, found ",
                                fields_.size()));
  }

  // A whole number from 0 to `largest`; nullopt for "n/a" and if there is no
  // such column.
  absl::StatusOr<std::optional<int64_t>> WholeNumber(absl::string_view name,
                                                     int64_t largest) const {
    const std::string* field = Field(name);
    if (field == nullptr || *field == kNotKnown) return std::nullopt;
    int64_t number;
    if (absl::SimpleAtoi(*field, &number) && 0 <= number && number <= largest) {
      return number;
    }
    return Refused(absl::StrCat(name, " is ", Quoted(*field),
                                "; expected 0 to ", largest));
  }

  absl::StatusOr<std::optional<double>> Probability(
      absl::string_view name) const {
    const std::string* field = Field(name);
    if (field == nullptr || *field == kNotKnown) return std::nullopt;
    double number;
    if (absl::SimpleAtod(*field, &number) && 0 <= number && number <= 1) {
      return number;
    }
    return Refused(
        absl::StrCat(name, " is ", Quoted(*field), "; expected 0 to 1"));
  }

  // 1 for "<=", 0 for ">".
  absl::StatusOr<std::optional<int64_t>> Comparison(
      absl::string_view name) const {
    const std::string* field = Field(name);
    if (field == nullptr || *field == kNotKnown) return std::nullopt;
    if (*field == "<=") return 1;
    if (*field == ">") return 0;
    return Refused(
        absl::StrCat(name, " is ", Quoted(*field), "; expected <= or >"));
  }

  // An error if the file knows otherwise than the pairs.
  absl::Status CheckSame(absl::string_view name, int64_t pair,
                         std::optional<int64_t> here,
                         std::optional<int64_t> there) const {
    if (!here.has_value() || !there.has_value() || *here == *there) {
      return absl::OkStatus();
    }
    return Refused(absl::StrCat(name, " is ", Quoted(*Field(name)),
                                ", which is not so of pair ", pair,
                                "; expected answers to the pairs shown"));
  }

 private:
  const std::string* Field(absl::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return nullptr;
    return &fields_[static_cast<size_t>(found - names_.begin())];
  }

  const std::string& path_;
  std::vector<std::string> names_;
  std::vector<std::string> fields_;
  int64_t line_ = 1;
};

absl::StatusOr<PairAnswer> ReadAnswer(const Table& table) {
  PairAnswer answer;
  MINIDL_ASSIGN_OR_RETURN(answer.answer, table.Comparison("answer"));
  MINIDL_ASSIGN_OR_RETURN(const std::optional<double> probability,
                          table.Probability("p(<=)"));
  if (answer.answer.has_value() && probability.has_value()) {
    answer.certainty = *answer.answer == 1 ? *probability : 1 - *probability;
  }
  MINIDL_ASSIGN_OR_RETURN(answer.digits[0], table.WholeNumber("digit1", 9));
  MINIDL_ASSIGN_OR_RETURN(answer.digits[1], table.WholeNumber("digit2", 9));
  return answer;
}

// Compares what the table says of a pair with what is known of it.
absl::Status CheckTruth(const Table& table, const PairArrays& pairs,
                        int64_t pair) {
  MINIDL_ASSIGN_OR_RETURN(const std::optional<int64_t> truth,
                          table.Comparison("truth"));
  MINIDL_RETURN_IF_ERROR(table.CheckSame(
      "truth", pair, truth,
      pairs.targets.has_value() ? std::optional<int64_t>((*pairs.targets)(pair))
                                : std::nullopt));
  constexpr absl::string_view kLabels[] = {"label1", "label2"};
  for (int i = 0; i < 2; ++i) {
    MINIDL_ASSIGN_OR_RETURN(const std::optional<int64_t> label,
                            table.WholeNumber(kLabels[i], 9));
    MINIDL_RETURN_IF_ERROR(
        table.CheckSame(kLabels[i], pair, label,
                        pairs.classes.has_value()
                            ? std::optional<int64_t>((*pairs.classes)(pair, i))
                            : std::nullopt));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PairAnswer>> ReadPairAnswers(
    const std::string& path, const PairArrays& pairs) {
  MINIDL_ASSIGN_OR_RETURN(const std::string contents, ReadFile(path));
  absl::string_view rest = contents;
  absl::ConsumePrefix(&rest, "\xef\xbb\xbf");  // As spreadsheets begin.
  std::optional<std::vector<std::string>> fields = TakeFields(rest);
  Table table(path, fields.value_or(std::vector<std::string>()));
  for (const absl::string_view name : {"pair", "answer"}) {
    if (table.Has(name)) continue;
    return table.Refused(absl::StrCat(
        "expected names of columns, with \"", name,
        "\" among them, as `//tools:predict -- --format=csv` prints them, "
        "found ",
        Quoted(contents.substr(0, contents.find('\n')))));
  }
  const int64_t num_pairs = pairs.inputs.shape()[0];
  std::vector<PairAnswer> answers(static_cast<size_t>(num_pairs));
  std::vector<bool> seen(static_cast<size_t>(num_pairs));
  for (int64_t line = 2; !rest.empty(); ++line) {
    fields = TakeFields(rest);
    table.SetLine(line, fields.value_or(std::vector<std::string>()));
    if (!fields.has_value()) return table.Refused("a quote does not end");
    MINIDL_RETURN_IF_ERROR(table.CheckSize());
    MINIDL_ASSIGN_OR_RETURN(const std::optional<int64_t> pair,
                            table.WholeNumber("pair", num_pairs - 1));
    if (!pair.has_value()) return table.Refused("expected the pair's number");
    const auto i = static_cast<size_t>(*pair);
    if (seen[i]) {
      return table.Refused(absl::StrCat("pair ", *pair, " is there twice"));
    }
    seen[i] = true;
    MINIDL_ASSIGN_OR_RETURN(answers[i], ReadAnswer(table));
    MINIDL_RETURN_IF_ERROR(CheckTruth(table, pairs, *pair));
  }
  return answers;
}

bool IsWrong(const PairArrays& pairs, int64_t pair, const PairAnswer& answer) {
  return pairs.targets.has_value() && answer.answer != (*pairs.targets)(pair);
}

}  // namespace minidl
