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

TEST(TableDeathTest, RowsOfAnotherSize) {
  EXPECT_DEATH(TextTable({{{"a"}, {"b"}}, {{"x"}}}),
               "a row of 1 cells in a table of 2 columns");
}

}  // namespace
}  // namespace minidl
