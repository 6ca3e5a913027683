#include "data/bitmap_font.h"

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

// A line of '#' and '.' for each row.
std::string Picture(const Glyph& glyph) {
  std::string picture = "\n";
  for (const int row : glyph) {
    for (int x = kGlyphWidth - 1; x >= 0; --x) {
      picture += (row >> x & 1) != 0 ? '#' : '.';
    }
    picture += '\n';
  }
  return picture;
}

// As `xfd -fn 6x13` shows them.
TEST(BitmapFontTest, IsTheXWindowSystems) {
  EXPECT_EQ(Picture(*GlyphsOf("7")[0]),
            "\n......\n......\n#####.\n....#.\n...#..\n...#..\n..#...\n..#...\n"
            ".#....\n.#....\n.#....\n......\n......\n");
  EXPECT_EQ(Picture(*GlyphsOf("≤")[0]),
            "\n......\n......\n......\n...##.\n.##...\n#.....\n.##...\n...##.\n"
            "......\n#####.\n......\n......\n......\n");
}

TEST(BitmapFontTest, PrintableCharactersDiffer) {
  std::set<Glyph> glyphs;
  std::string text = "≤";
  for (char c = ' '; c <= '~'; ++c) text += c;
  for (const Glyph* glyph : GlyphsOf(text)) glyphs.insert(*glyph);
  EXPECT_EQ(glyphs.size(), 96);
}

TEST(BitmapFontTest, OtherCharactersAreQuestionMarks) {
  const Glyph* question = GlyphsOf("?")[0];
  for (const absl::string_view other : {"é", "€", "😀", "\n", "\x7f"}) {
    EXPECT_THAT(GlyphsOf(other), ElementsAre(question)) << other;
  }
  // No UTF-8: cut short, and bytes that do not belong together.
  EXPECT_THAT(GlyphsOf("\xe2\x89"), ElementsAre(question, question));
  EXPECT_THAT(GlyphsOf("\xe2z"), ElementsAre(question, GlyphsOf("z")[0]));
  EXPECT_THAT(GlyphsOf("\xff"), ElementsAre(question));
  EXPECT_THAT(GlyphsOf(""), ElementsAre());
}

}  // namespace
}  // namespace minidl
