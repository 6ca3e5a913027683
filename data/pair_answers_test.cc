#include "data/pair_answers.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "data/pair_set_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

// Pairs 1 and 2, 5 and 0, 3 and 3.
PairArrays MakePairs() {
  PairArrays pairs;
  pairs.inputs = Tensor<float>({3, 2, 14, 14});
  pairs.targets = Tensor<int64_t>({3}, {1, 0, 1});
  pairs.classes = Tensor<int64_t>({3, 2}, {1, 2, 5, 0, 3, 3});
  return pairs;
}

absl::StatusOr<std::vector<PairAnswer>> Read(absl::string_view table,
                                             const PairArrays& pairs) {
  const std::string path = testing::TempDir() + "/answers.csv";
  EXPECT_THAT(WriteFile(path, table), IsOk());
  return ReadPairAnswers(path, pairs);
}

TEST(PairAnswersTest, WhatPredictPrintsIsRead) {
  // The columns of tools/predict.cc.
  const auto answers = Read(
      "pair,label1,label2,digit1,p1,digit2,p2,p(<=),answer,truth,right\n"
      "0,1,2,1,0.9,7,0.8,0.75,<=,<=,yes\n"
      "1,5,0,5,0.9,0,0.8,0.25,>,>,yes\n"
      "2,3,3,n/a,n/a,3,0.5,n/a,n/a,<=,no\n",
      MakePairs());
  ASSERT_THAT(answers, IsOk());
  ASSERT_EQ(answers->size(), 3);
  EXPECT_EQ((*answers)[0].answer, 1);
  EXPECT_EQ((*answers)[0].certainty, 0.75);
  EXPECT_EQ((*answers)[0].digits[0], 1);
  EXPECT_EQ((*answers)[0].digits[1], 7);
  EXPECT_EQ((*answers)[1].answer, 0);
  EXPECT_EQ((*answers)[1].certainty, 0.75);
  EXPECT_FALSE((*answers)[2].answer.has_value());
  EXPECT_FALSE((*answers)[2].certainty.has_value());
  EXPECT_FALSE((*answers)[2].digits[0].has_value());
  EXPECT_EQ((*answers)[2].digits[1], 3);
}

TEST(PairAnswersTest, TablesOfOthersAreRead) {
  const PairArrays pairs = MakePairs();
  // As a spreadsheet writes it: a mark, quotes, CR LF, any order, no end.
  const auto answers = Read(
      "\xef\xbb\xbf"
      "answer,\"a \"\"note\"\", of mine\",pair\r\n\"<=\",\"x,\ny\",2\r\n>,,0",
      pairs);
  ASSERT_THAT(answers, IsOk());
  EXPECT_EQ((*answers)[0].answer, 0);
  EXPECT_EQ((*answers)[2].answer, 1);
  EXPECT_TRUE(IsWrong(pairs, 0, (*answers)[0]));
  EXPECT_TRUE(IsWrong(pairs, 1, (*answers)[1]));  // No answer.
  EXPECT_FALSE(IsWrong(pairs, 2, (*answers)[2]));
  PairArrays unknown;
  unknown.inputs = Tensor<float>({3, 2, 14, 14});
  EXPECT_FALSE(IsWrong(unknown, 0, (*answers)[0]));
}

TEST(PairAnswersTest, WrongTablesAreRefused) {
  const PairArrays pairs = MakePairs();
  const std::pair<const char*, const char*> cases[] = {
      {"", "1: expected names of columns, with \"pair\" among them, as"},
      {"pair,said\n", "1: expected names of columns, with \"answer\" among"},
      {"\"pair,answer\n", "1: expected names of columns"},
      {"pair,answer\n0,<=\n1\n", "3: expected 2 fields, found 1"},
      {"pair,answer\n0,<=\n\n", "3: expected 2 fields, found 1"},
      {"pair,answer\n0,\"<=\n", "2: a quote does not end"},
      {"pair,answer\n3,<=\n", "2: pair is \"3\"; expected 0 to 2"},
      {"pair,answer\n-1,<=\n", "2: pair is \"-1\"; expected 0 to 2"},
      {"pair,answer\nn/a,<=\n", "2: expected the pair's number"},
      {"pair,answer\n1,<=\n1,<=\n", "3: pair 1 is there twice"},
      {"pair,answer\n1,=\n", "2: answer is \"=\"; expected <= or >"},
      {"pair,answer,digit1\n1,>,10\n", "2: digit1 is \"10\"; expected 0 to 9"},
      {"pair,answer,p(<=)\n1,>,nan\n", "2: p(<=) is \"nan\"; expected 0 to 1"},
      {"pair,answer,p(<=)\n1,>,1.5\n", "2: p(<=) is \"1.5\"; expected 0 to"},
      {"pair,answer,truth\n1,>,<=\n",
       "2: truth is \"<=\", which is not so of pair 1; expected answers to the "
       "pairs shown"},
      {"pair,answer,label2\n2,>,4\n",
       "2: label2 is \"4\", which is not so of pair 2"},
  };
  for (const auto& [table, message] : cases) {
    EXPECT_THAT(Read(table, pairs),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr(absl::StrCat("/answers.csv:", message))))
        << table;
  }
  EXPECT_THAT(ReadPairAnswers("/none.csv", pairs),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.csv")));
}

}  // namespace
}  // namespace minidl
