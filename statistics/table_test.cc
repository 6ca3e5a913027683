#include "statistics/table.h"

#include <string>

#include "gtest/gtest.h"

namespace minidl {
namespace {

Table Example() {
  return {{{"name", Alignment::kLeft}, {"error"}, {"note", Alignment::kLeft}},
          {{"convnet", "16.50 ± 1.20", "x"}, {"mlp", "–", ""}}};
}

TEST(TableTest, Text) {
  EXPECT_EQ(TextTable(Example()),
            "name            error  note\n"
            "convnet  16.50 ± 1.20  x\n"
            "mlp                 –\n");
}

TEST(TableTest, Markdown) {
  EXPECT_EQ(MarkdownTable(Example()),
            "| name | error | note |\n"
            "| :--- | ---: | :--- |\n"
            "| convnet | 16.50 ± 1.20 | x |\n"
            "| mlp | – |  |\n");
}

TEST(TableTest, Csv) {
  EXPECT_EQ(CsvTable(Example()),
            "name,error,note\n"
            "convnet,16.50 ± 1.20,x\n"
            "mlp,–,\n");
}

TEST(TableTest, Latex) {
  EXPECT_EQ(LatexTable(Example()),
            "\\begin{tabular}{lrl}\n"
            "\\toprule\n"
            "name & error & note \\\\\n"
            "\\midrule\n"
            "convnet & 16.50 $\\pm$ 1.20 & x \\\\\n"
            "mlp & – &  \\\\\n"
            "\\bottomrule\n"
            "\\end{tabular}\n");
}

TEST(TableTest, LatexText) {
  EXPECT_EQ(LatexText("convnet_aux: 5 % & #1 {$x}"),
            "convnet\\_aux: 5 \\% \\& \\#1 \\{\\$x\\}");
  EXPECT_EQ(LatexText("a\\b~c^d|e"),
            "a\\textbackslash{}b\\textasciitilde{}c\\textasciicircum{}d"
            "\\textbar{}e");
  EXPECT_EQ(LatexText("p <0.0001, 2×2"), "p $<$0.0001, 2$\\times$2");
  // A minus, not a hyphen; nor a range.
  EXPECT_EQ(LatexText("-3.42 (-4 to -2)"), "$-$3.42 ($-$4 to $-$2)");
  EXPECT_EQ(LatexText("sign-flip, rounds 0-9"), "sign-flip, rounds 0-9");
  EXPECT_EQ(LatexText("-"), "-");
}

TEST(TableTest, TextWidth) {
  EXPECT_EQ(TextWidth(""), 0u);
  EXPECT_EQ(TextWidth("1 ± 2"), 5u);
}

TEST(TableTest, CellsThatNeedQuotes) {
  const Table table = {{{"a"}, {"b"}},
                       {{"x,y", "say \"hi\""}, {"two\nlines", "p|q"}}};
  EXPECT_EQ(CsvTable(table),
            "a,b\n"
            "\"x,y\",\"say \"\"hi\"\"\"\n"
            "\"two\nlines\",p|q\n");
  EXPECT_EQ(MarkdownTable(table),
            "| a | b |\n"
            "| ---: | ---: |\n"
            "| x,y | say \"hi\" |\n"
            "| two lines | p\\|q |\n");
}

TEST(TableTest, NoRows) {
  EXPECT_EQ(TextTable({{{"a"}, {"b"}}, {}}), "a  b\n");
}

TEST(TableTest, TextShowsWhatATerminalMustNotDo) {
  EXPECT_EQ(TextTable({{{"name", Alignment::kLeft}, {"b"}},
                       {{"a\x1b[2J\nb", "1"}, {"c", "2"}}}),
            "name         b\n"
            "a\\x1b[2J\\nb  1\n"
            "c            2\n");
}

TEST(TableDeathTest, RowsOfAnotherSize) {
  EXPECT_DEATH(TextTable({{{"a"}, {"b"}}, {{"x"}}}),
               "a row of 1 cells in a table of 2 columns");
}

}  // namespace
}  // namespace minidl
