#ifndef MINIDL_DATA_SHOW_PAIRS_H_
#define MINIDL_DATA_SHOW_PAIRS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "data/contact_sheet.h"
#include "data/data_set_name.h"

namespace minidl {

struct ShowPairsOptions {
  // The NumPy archive with the pairs, as the user wrote it; empty for pairs
  // that are drawn as //data:generate_pair_sets draws them, from `data_set` in
  // `mnist_dir`, `n` for each set, with `seed`.
  std::string pairs;
  std::string data_set = kMnist;
  std::string mnist_dir;
  int64_t n = 1000;
  int64_t seed = 0;
  // Its array, "X_input", or of drawn pairs "train_input" or "test_input".
  std::string array = "test_input";

  std::string predictions;  // The file with answers; empty for none.
  bool only_errors = false;
  int64_t max_pairs = 100;
  // Its title is left empty.
  ContactSheetOptions sheet;

  std::string output = "pairs.png";
};

// Writes the contact sheet of the first `max_pairs` pairs, or wrong ones, and
// returns a line that says where and what it is. InvalidArgument, with the
// flag, for what has no meaning; the errors of the files' readers and of
// WriteFile; NotFound if there are no errors to show.
absl::StatusOr<std::string> ShowPairs(const ShowPairsOptions& options);

}  // namespace minidl

#endif  // MINIDL_DATA_SHOW_PAIRS_H_
