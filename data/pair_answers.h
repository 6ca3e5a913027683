#ifndef MINIDL_DATA_PAIR_ANSWERS_H_
#define MINIDL_DATA_PAIR_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "data/pair_set_file.h"

namespace minidl {

// What somebody, such as a network, says of a pair of digits.
struct PairAnswer {
  std::optional<int64_t> answer;    // 1: first <= second; 0: it is not.
  std::optional<double> certainty;  // The probability of that answer.
  std::optional<int64_t> digits[2];
};

// Reads answers from the file `path`: comma-separated values under a line of
// names, as `//tools:predict -- --format=csv` prints them. The columns "pair",
// from 0, and "answer", "<=" or ">", must be there; "p(<=)", "digit1" and
// "digit2" may be; "n/a" stands for what is not known. Where there are "truth",
// "label1" and "label2" they must say what is known of `pairs`: answers to
// other pairs are refused. Other columns are passed over.
//
// An element for each pair of `pairs`, without an answer where the file has
// none. The errors of ReadFile, and FailedPrecondition, with the file, the
// line, what was expected and what was found.
absl::StatusOr<std::vector<PairAnswer>> ReadPairAnswers(
    const std::string& path, const PairArrays& pairs);

// Whether an answer is wrong, which no answer is too; false where nobody knows.
bool IsWrong(const PairArrays& pairs, int64_t pair, const PairAnswer& answer);

}  // namespace minidl

#endif  // MINIDL_DATA_PAIR_ANSWERS_H_
