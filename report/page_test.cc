#include "report/page.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "records/record_file_testutil.h"
#include "report/disk_page.pb.h"
#include "report/page_data.pb.h"

namespace minidl {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What is between `begin` and the `end` that follows.
std::string Between(const std::string& text, const std::string& begin,
                    const std::string& end) {
  const size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  const size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

// The JSON in a page, as a browser's parser of HTML delimits it.
std::string EmbeddedJson(const std::string& html) {
  return Between(html, "<script type=\"application/json\" id=\"data\">",
                 "</script>");
}

proto::PageData DataWithName(const std::string& name) {
  proto::PageData data;
  proto::StudyStatistics& statistics = *data.mutable_statistics();
  statistics.add_studies(name);
  statistics.set_confidence(0.95);
  statistics.add_architectures()->set_name(name);
  data.add_architectures();
  return data;
}

TEST(PageHtmlTest, HoldsTheData) {
  proto::PageData data = DataWithName("convnet");
  data.mutable_statistics()->add_seeds(18446744073709551615u);
  data.mutable_statistics()
      ->mutable_architectures(0)
      ->mutable_test_error()
      ->set_mean(3.6);
  const std::string json = EmbeddedJson(PageHtml(data));
  proto::PageData read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(read, data)) << read.DebugString();
  // Scripts need not know which values are the default ones.
  EXPECT_THAT(json, HasSubstr(R"("used":0)"));
}

// In <script>, only these begin something else (HTML standard, 13.2.5.4 to
// 13.2.5.31); U+2028 ends a line of JavaScript.
TEST(PageHtmlTest, NamesAreHarmless) {
  for (const std::string name :
       {"</script><script>alert(1)</script>", "<!--<script>", "]]>",
        "\xE2\x80\xA8", "\xE2\x80\xA9", "\"'\\", "{{data}}", "{{page.css}}",
        "$&"}) {
    const proto::PageData data = DataWithName(name);
    const std::string json = EmbeddedJson(PageHtml(data));
    EXPECT_THAT(json, Not(HasSubstr("<"))) << name;
    EXPECT_THAT(json, Not(HasSubstr("\xE2\x80\xA8"))) << name;
    EXPECT_THAT(json, Not(HasSubstr("\xE2\x80\xA9"))) << name;
    proto::PageData read;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok())
        << json;
    EXPECT_EQ(read.statistics().studies(0), name);
  }
}

TEST(PageHtmlTest, NothingIsLeftToPutIn) {
  const std::string html = PageHtml(DataWithName("convnet"));
  for (const absl::string_view name :
       {"page.css", "elements.js", "format.js", "model.js", "tables.js",
        "tooltip.js", "plots.js", "live.js", "page.js", "vega.min.js",
        "vega-lite.min.js", "LICENSE", "data"}) {
    EXPECT_FALSE(absl::StrContains(html, absl::StrCat("{{", name, "}}")))
        << name;
  }
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(html, HasSubstr("Interactive Data Lab"));  // Vega's license.
}

TEST(PageHtmlTest, DiskPageHoldsTheData) {
  proto::DiskPage data;
  data.set_training("</script>, {{data}}");
  proto::DiskRound& round = *data.add_rounds();
  round.set_seed(18446744073709551615u);
  round.add_losses(0.25F);
  round.set_test_error(0.8);
  const std::string html = PageHtml(data);
  for (const absl::string_view name :
       {"page.css", "disk.css", "elements.js", "format.js", "tables.js",
        "tooltip.js", "plots.js", "disk.js", "vega.min.js", "LICENSE"}) {
    EXPECT_FALSE(absl::StrContains(html, absl::StrCat("{{", name, "}}")))
        << name;
  }
  const std::string json = EmbeddedJson(html);
  EXPECT_THAT(json, Not(HasSubstr("<")));
  proto::DiskPage read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(read, data)) << read.DebugString();
}

// The page of a study whose first round has not ended.
TEST(PageHtmlTest, EmptyDataAreAPageToo) {
  EXPECT_THAT(EmbeddedJson(PageHtml(proto::PageData())), StartsWith("{"));
}

TEST(WritePageTest, WritesAndReplacesAPage) {
  const std::string path = TestFile("page.html");
  ASSERT_THAT(WritePage(path, DataWithName("first")), IsOk());
  ASSERT_THAT(WritePage(path, DataWithName("second")), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(PageHtml(DataWithName("second"))));
}

TEST(WritePageTest, OnePageReplacesAnother) {
  const std::string path = TestFile("page.html");
  ASSERT_THAT(WritePage(path, DataWithName("first")), IsOk());
  ASSERT_THAT(WritePage(path, proto::DiskPage()), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(PageHtml(proto::DiskPage())));
}

TEST(WritePageTest, ReplacesAnEmptyFile) {
  const std::string path = TestFile("page.html");
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  EXPECT_THAT(WritePage(path, proto::PageData()), IsOk());
}

TEST(WritePageTest, ReplacesNothingElse) {
  const std::string path = TestFile("out.tfrecord");
  for (const std::string& contents :
       {std::string("x"), Frames({"record"}),
        absl::StrCat(std::string(1000, ' '),
                     "<meta name=\"generator\" content=\"minidl\">")}) {
    ASSERT_THAT(WriteFile(path, contents), IsOk());
    EXPECT_THAT(WritePage(path, proto::PageData()),
                StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(path)));
    EXPECT_THAT(ReadFile(path), IsOkAndHolds(contents));
  }
}

TEST(WritePageTest, FailuresNameTheFile) {
  EXPECT_THAT(
      WritePage("/dev/full", proto::PageData()),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/dev/full")));
  EXPECT_THAT(
      WritePage("/none/page.html", proto::PageData()),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/page.html")));
}

}  // namespace
}  // namespace minidl
