#include "data/disk_set_file.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "data/disk_set.h"
#include "data/npz.h"
#include "data/npz_reader.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr char kExpected[] =
    "train_input, train_target, test_input and test_target, as "
    "//data:generate_disk_sets writes them";

std::string InputOf(absl::string_view part) {
  return absl::StrCat(part, "_input");
}
std::string TargetOf(absl::string_view part) {
  return absl::StrCat(part, "_target");
}

absl::Status Refused(const std::string& path, absl::string_view array,
                     absl::string_view reason) {
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": array \"", array, "\" ", reason));
}

void AddDiskSet(absl::string_view part, const DiskSet& set,
                NpzBuilder& builder) {
  builder.Add(InputOf(part), set.points);
  builder.Add(TargetOf(part), set.labels);
}

absl::StatusOr<DiskSet> ReadDiskSet(const NpzReader& reader,
                                    absl::string_view part) {
  const std::string& path = reader.path();
  const std::string input = InputOf(part);
  const std::string target = TargetOf(part);
  for (const std::string& name : {input, target}) {
    if (!reader.Has(name)) {
      return Refused(path, name,
                     absl::StrCat("is missing; expected ", kExpected));
    }
  }
  const auto check_points = [&](const Shape& shape) {
    if (shape.rank() == 2 && 1 <= shape[0] && shape[0] <= kMaxDiskPoints &&
        shape[1] == 2) {
      return absl::OkStatus();
    }
    return Refused(
        path, input,
        absl::StrCat("has shape ", shape.ToString(),
                     "; expected [N, 2], of 1 to ", kMaxDiskPoints, " points"));
  };
  DiskSet set;
  MINIDL_ASSIGN_OR_RETURN(set.points, reader.ReadFloats(input, check_points));
  for (const float x : set.points.values()) {
    if (!(0 <= x && x <= 1)) {
      return Refused(path, input,
                     absl::StrCat("has a coordinate of ", x,
                                  "; expected 0 to 1: scale the points into "
                                  "the unit square"));
    }
  }
  const Shape expected = {set.points.shape()[0]};
  const auto check_labels = [&](const Shape& shape) {
    if (shape == expected) return absl::OkStatus();
    return Refused(path, target,
                   absl::StrCat("has shape ", shape.ToString(), "; expected ",
                                expected.ToString(),
                                ", a label for each point of ", input));
  };
  MINIDL_ASSIGN_OR_RETURN(set.labels,
                          reader.ReadIntegers(target, check_labels));
  set.targets = Tensor<float>(set.points.shape());
  for (int64_t i = 0; i < set.labels.size(); ++i) {
    const int64_t label = set.labels(i);
    if (label != 0 && label != 1) {
      return Refused(path, target,
                     absl::StrCat("has ", label, "; expected 0 or 1"));
    }
    set.targets(i, label) = 1;
  }
  return set;
}

}  // namespace

absl::StatusOr<std::string> DiskSetsArchive(const DiskSets& sets) {
  NpzBuilder builder;
  AddDiskSet("train", sets.train, builder);
  AddDiskSet("test", sets.test, builder);
  return builder.Build();
}

absl::StatusOr<DiskSets> ReadDiskSets(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(const NpzReader reader, NpzReader::Open(path));
  DiskSets sets;
  MINIDL_ASSIGN_OR_RETURN(sets.train, ReadDiskSet(reader, "train"));
  MINIDL_ASSIGN_OR_RETURN(sets.test, ReadDiskSet(reader, "test"));
  for (const std::string& name : reader.names()) {
    if (name != InputOf("train") && name != TargetOf("train") &&
        name != InputOf("test") && name != TargetOf("test")) {
      return Refused(
          path, name,
          absl::StrCat("is not one of a disk set; expected ", kExpected));
    }
  }
  return sets;
}

}  // namespace minidl
