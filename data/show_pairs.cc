#include "data/show_pairs.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "data/canvas.h"
#include "data/contact_sheet.h"
#include "data/data_set_directory.h"
#include "data/drawing_flags.h"
#include "data/mnist.h"
#include "data/npz_reader.h"
#include "data/pair_answers.h"
#include "data/pair_set_file.h"
#include "data/pair_sets.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

absl::Status CheckOptions(const ShowPairsOptions& options) {
  const auto error = [](absl::string_view flag, const absl::AlphaNum& value,
                        const absl::AlphaNum& expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, " is ", value, "; expected ", expected));
  };
  MINIDL_RETURN_IF_ERROR(CheckSeedFlag(options.seed));
  if (options.pairs.empty() && options.array != "train_input" &&
      options.array != "test_input") {
    return error("array", options.array,
                 "train_input or test_input, unless --pairs names a file");
  }
  if (options.max_pairs < 1) {
    return error("max_pairs", options.max_pairs, "at least 1");
  }
  if (options.only_errors && options.predictions.empty()) {
    return absl::InvalidArgumentError("--only_errors needs --predictions");
  }
  return CheckOutputFlag(options.output);
}

// What the user asks for, and words for it.
struct Source {
  PairArrays pairs;
  std::string name;
};

absl::StatusOr<Source> DrawPairs(const ShowPairsOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(
      const std::string directory,
      DataSetDirectory(options.data_set, options.mnist_dir));
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadMnist(directory));
  Generator generator(static_cast<uint64_t>(options.seed));
  MINIDL_ASSIGN_OR_RETURN(PairSets sets,
                          GeneratePairSets(mnist, options.n, generator));
  const bool is_train = options.array == "train_input";
  PairSet& set = is_train ? sets.train : sets.test;
  return Source{
      {std::move(set.inputs), std::move(set.targets), std::move(set.classes)},
      absl::StrCat(options.data_set, is_train ? " training" : " test",
                   " set, seed ", options.seed)};
}

absl::StatusOr<Source> ReadPairs(const ShowPairsOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(const NpzReader reader,
                          NpzReader::Open(UserPath(options.pairs)));
  MINIDL_ASSIGN_OR_RETURN(PairArrays pairs,
                          ReadPairArrays(reader, options.array));
  return Source{std::move(pairs),
                absl::StrCat(options.pairs, ", ", options.array)};
}

}  // namespace

absl::StatusOr<std::string> ShowPairs(const ShowPairsOptions& options) {
  MINIDL_RETURN_IF_ERROR(CheckOptions(options));
  MINIDL_ASSIGN_OR_RETURN(const Source source, options.pairs.empty()
                                                   ? DrawPairs(options)
                                                   : ReadPairs(options));
  const PairArrays& pairs = source.pairs;
  std::vector<PairAnswer> answers;
  if (!options.predictions.empty()) {
    MINIDL_ASSIGN_OR_RETURN(
        answers, ReadPairAnswers(UserPath(options.predictions), pairs));
  }
  if (options.only_errors && !pairs.targets.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(source.name,
                     ": nothing says which answers are wrong; expected arrays "
                     "that end in _target or _classes for --only_errors"));
  }
  const int64_t num_pairs = pairs.inputs.shape()[0];
  std::vector<int64_t> shown;
  int64_t num_eligible = 0;
  for (int64_t pair = 0; pair < num_pairs; ++pair) {
    if (options.only_errors &&
        !IsWrong(pairs, pair, answers[static_cast<size_t>(pair)])) {
      continue;
    }
    ++num_eligible;
    if (static_cast<int64_t>(shown.size()) < options.max_pairs) {
      shown.push_back(pair);
    }
  }
  if (shown.empty()) {
    return absl::NotFoundError(absl::StrCat(source.name, ": all ", num_pairs,
                                            " answers are right; no errors to "
                                            "show"));
  }
  const std::string what =
      absl::StrCat(shown.size(), " of ", num_eligible,
                   options.only_errors ? " wrong pairs" : " pairs");
  ContactSheetOptions sheet = options.sheet;
  sheet.title = absl::StrCat(source.name, ": ", what);
  MINIDL_ASSIGN_OR_RETURN(const Canvas canvas,
                          DrawContactSheet(pairs, answers, shown, sheet));
  MINIDL_ASSIGN_OR_RETURN(const std::string png, canvas.Png());
  const std::string path = UserPath(options.output);
  MINIDL_RETURN_IF_ERROR(WriteFile(path, png));
  return absl::StrCat(path, ": ", what, ", ", canvas.width(), "x",
                      canvas.height(), " pixels");
}

}  // namespace minidl
