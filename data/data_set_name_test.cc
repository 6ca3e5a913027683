#include "data/data_set_name.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_testutil.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(DataSetNameTest, NamesAreTheirOwn) {
  EXPECT_THAT(DataSetName("mnist"), IsOkAndHolds("mnist"));
  EXPECT_THAT(DataSetName("fashion_mnist"), IsOkAndHolds("fashion_mnist"));
}

TEST(DataSetNameTest, EmptyIsMnist) {
  EXPECT_THAT(DataSetName(""), IsOkAndHolds("mnist"));
}

TEST(DataSetNameTest, UnknownNameIsToldWhichThereAre) {
  for (const char* name : {"cifar", "MNIST", "mnist ", "fashion"}) {
    EXPECT_THAT(DataSetName(name),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("data_set is ", name,
                                      "; expected mnist or fashion_mnist")));
  }
}

}  // namespace
}  // namespace minidl
