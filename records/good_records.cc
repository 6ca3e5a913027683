#include "records/good_records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "records/record_reader.h"

namespace minidl {

std::string DescribeGap(const Gap& gap) {
  return absl::StrCat(
      gap.error.message(), "; ", gap.end - gap.begin, " bytes are lost, ",
      gap.record_follows
          ? absl::StrCat("the next good record is at byte ", gap.end)
          : "no good record follows");
}

absl::Status ForEachGoodRecord(
    RecordReader& reader,
    absl::FunctionRef<absl::Status(const GoodRecord& record)> visit,
    absl::FunctionRef<absl::Status(const Gap& gap)> visit_gap) {
  std::optional<Gap> gap;
  while (true) {
    const int64_t begin = reader.offset();
    absl::StatusOr<std::optional<std::string>> payload = reader.Next();
    if (IsBadRecord(payload.status())) {
      MINIDL_RETURN_IF_ERROR(reader.Resynchronize());
      gap = {payload.status(), begin, reader.offset(), false};
      continue;
    }
    MINIDL_RETURN_IF_ERROR(payload.status());
    if (gap.has_value()) {
      gap->record_follows = payload->has_value();
      MINIDL_RETURN_IF_ERROR(visit_gap(*gap));
      gap.reset();
    }
    if (!payload->has_value()) return absl::OkStatus();
    MINIDL_RETURN_IF_ERROR(
        visit({reader.num_records() - 1, begin, **std::move(payload)}));
  }
}

}  // namespace minidl
