#include "base/printable.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(PrintableTest, TextStaysAsItIs) {
  for (const absl::string_view text :
       {"", "convnet_shared", "1.5 ± 0.2\nnext line", "é ü 漢字 🙂",
        "2×2 “…” –", "\\x1b as text"}) {
    EXPECT_EQ(Printable(text), text);
  }
  // No UTF-8, as names of files may be: not for us to repair.
  EXPECT_EQ(Printable("\xe2\x28\xa1 \xff \xc2"), "\xe2\x28\xa1 \xff \xc2");
}

TEST(PrintableTest, ControlCharactersAreWrittenOut) {
  EXPECT_EQ(Printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(Printable("a\rb\tc\x7f"), "a\\x0db\\x09c\\x7f");
  EXPECT_EQ(Printable(absl::string_view("\0\a", 2)), "\\x00\\x07");
  // U+009B, which begins what ESC [ does.
  EXPECT_EQ(Printable("\u009b2J"), "\\u009b2J");
  EXPECT_EQ(Printable("\u0080\u009f\u00a0"), "\\u0080\\u009f\u00a0");
}

TEST(PrintableTest, MarksOfDirectionAreWrittenOut) {
  EXPECT_EQ(Printable("a\u202eb\u2066c\u2069\u200f\u2028"),
            "a\\u202eb\\u2066c\\u2069\\u200f\\u2028");
  EXPECT_EQ(Printable("\u2027\u202f\u2065\u206a"), "\u2027\u202f\u2065\u206a");
}

TEST(PrintableTest, OneLine) {
  EXPECT_EQ(Printable("a\nb"), "a\nb");
  EXPECT_EQ(PrintableLine("a\nb\x1b"), "a\\nb\\x1b");
}

}  // namespace
}  // namespace minidl
