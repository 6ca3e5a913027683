#include "records/record_writer.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "records/frame.h"
#include "records/record_file_testutil.h"
#include "records/record_reader.h"
#include "records/unique_fd.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// While it lives, no file of this process may grow beyond `size` bytes: as on a
// full disk, the write stops half-way.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(size_t size)
      : previous_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &previous_limit_), 0);
    const rlimit limit = {size, previous_limit_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &previous_limit_);
    std::signal(SIGXFSZ, previous_handler_);
  }

 private:
  void (*previous_handler_)(int);
  rlimit previous_limit_;
};

TEST(RecordWriterTest, CreatesAndAppends) {
  const std::string path = TestFile("a.tfrecord");
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create(path);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(""));
  EXPECT_THAT(writer->Append("first"), IsOk());
  // In the file at once, not when the writer goes.
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Frames({"first"})));
  EXPECT_THAT(writer->Append(""), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Frames({"first", ""})));
}

TEST(RecordWriterTest, CreateNeverOverwrites) {
  const std::string path = TestFile("a.tfrecord");
  ASSERT_THAT(WriteFile(path, "results"), IsOk());
  EXPECT_THAT(RecordWriter::Create(path),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr(path + ": exists already")));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("results"));
}

TEST(RecordWriterTest, CreateNamesWhatIsWrong) {
  EXPECT_THAT(RecordWriter::Create(TestFile("none") + "/a.tfrecord"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/none/a.tfrecord: cannot create")));
  const std::string directory =
      std::filesystem::path(TestFile("a")).parent_path();
  EXPECT_THAT(RecordWriter::Create(directory),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(directory + ": cannot open for writing")));
}

TEST(RecordWriterTest, AppendsToWhatIsThere) {
  const std::string path = TestFile("a.tfrecord");
  ASSERT_THAT(WriteFile(path, Frames({"first", "second"})), IsOk());
  absl::StatusOr<RecordWriter> writer = RecordWriter::OpenForAppend(path);
  ASSERT_THAT(writer, IsOk());
  EXPECT_EQ(writer->cut_bytes(), 0);
  EXPECT_THAT(writer->Append("third"), IsOk());
  EXPECT_THAT(ReadFile(path),
              IsOkAndHolds(Frames({"first", "second", "third"})));
}

TEST(RecordWriterTest, OpenForAppendMakesNoFile) {
  const std::string path = TestFile("a.tfrecord");
  EXPECT_THAT(RecordWriter::OpenForAppend(path),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  EXPECT_FALSE(std::filesystem::exists(path));
}

// A run killed at any byte of the file loses only the record in flight.
TEST(RecordWriterTest, TornAtEveryByte) {
  const std::vector<std::string> payloads = {"first", "", "third"};
  const std::string contents = Frames(payloads);
  for (size_t size = 0; size <= contents.size(); ++size) {
    SCOPED_TRACE(size);
    std::string expected;
    for (const std::string& payload : payloads) {
      if (expected.size() + Frame(payload).size() > size) break;
      expected += Frame(payload);
    }
    const std::string path = TestFile("a.tfrecord");
    ASSERT_THAT(WriteFile(path, contents.substr(0, size)), IsOk());
    absl::StatusOr<RecordWriter> writer = RecordWriter::OpenForAppend(path);
    ASSERT_THAT(writer, IsOk());
    EXPECT_EQ(writer->cut_bytes(),
              static_cast<int64_t>(size - expected.size()));
    EXPECT_THAT(ReadFile(path), IsOkAndHolds(expected));
    ASSERT_THAT(writer->Append("next"), IsOk());
    EXPECT_THAT(ReadFile(path), IsOkAndHolds(expected + Frame("next")));
  }
}

TEST(RecordWriterTest, CorruptFilesAreLeftAlone) {
  std::string contents = Frames({"first", "second", "third"});
  contents[Frame("first").size() + kFrameHeaderSize] = 'S';
  const std::string path = TestFile("a.tfrecord");
  ASSERT_THAT(WriteFile(path, contents), IsOk());
  EXPECT_THAT(RecordWriter::OpenForAppend(path),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr(path + ": record 1 at byte 21 is corrupt")));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(contents));
}

TEST(RecordWriterTest, OneWriterAtATime) {
  const std::string path = TestFile("a.tfrecord");
  const auto is_locked =
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr(path + ": another program is writing this file"));
  {
    const absl::StatusOr<RecordWriter> creating = RecordWriter::Create(path);
    ASSERT_THAT(creating, IsOk());
    EXPECT_THAT(RecordWriter::OpenForAppend(path), is_locked);
  }
  const absl::StatusOr<RecordWriter> appending =
      RecordWriter::OpenForAppend(path);
  ASSERT_THAT(appending, IsOk());
  EXPECT_THAT(RecordWriter::OpenForAppend(path), is_locked);
}

TEST(RecordWriterTest, FullDiskCostsOneRecord) {
  const std::string path = TestFile("a.tfrecord");
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create(path);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT(writer->Append("first"), IsOk());
  {
    const FileSizeLimit limit(Frame("first").size() + 100);
    EXPECT_THAT(std::string(writer->Append(std::string(200, 'x')).message()),
                AllOf(HasSubstr(path + ": cannot write"),
                      HasSubstr("the records before this one are safe")));
    EXPECT_THAT(ReadFile(path), IsOkAndHolds(Frames({"first"})));
  }
  // There is room again.
  EXPECT_THAT(writer->Append("third"), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Frames({"first", "third"})));
}

TEST(RecordWriterTest, FullDiskAfterOpenForAppend) {
  const std::string path = TestFile("a.tfrecord");
  ASSERT_THAT(WriteFile(path, Frames({"first", "second"}) + "torn"), IsOk());
  absl::StatusOr<RecordWriter> writer = RecordWriter::OpenForAppend(path);
  ASSERT_THAT(writer, IsOk());
  EXPECT_EQ(writer->cut_bytes(), 4);
  const FileSizeLimit limit(Frames({"first", "second"}).size() + 1);
  EXPECT_FALSE(writer->Append("third").ok());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Frames({"first", "second"})));
}

TEST(RecordWriterTest, RefusesRecordsThatCouldNotBeRead) {
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create("/dev/null");
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(writer->Append(std::string(kMaxPayloadSize + 1, 'x')),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("268435457 bytes is too long")));
  EXPECT_THAT(writer->Append("short"), IsOk());
}

TEST(RecordWriterTest, WritesToPipes) {
  const std::string path = TestFile("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread reading([&path] {
    absl::StatusOr<RecordReader> reader = RecordReader::Open(path);
    ASSERT_THAT(reader, IsOk());
    EXPECT_THAT(ReadPayloads(*reader), ElementsAre("first", "second"));
    EXPECT_THAT(reader->Next(), IsOk());
  });
  {
    absl::StatusOr<RecordWriter> writer = RecordWriter::Create(path);
    ASSERT_THAT(writer, IsOk());
    EXPECT_THAT(writer->Append("first"), IsOk());
    EXPECT_THAT(writer->Append("second"), IsOk());
  }
  reading.join();
  EXPECT_THAT(RecordWriter::OpenForAppend(path),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("not a regular file")));
}

TEST(RecordWriterTest, FullDeviceIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP();
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create("/dev/full");
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(writer->Append("first"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("/dev/full: cannot write")));
}

// What is not a regular file cannot be cut back: half a record may be in it.
TEST(RecordWriterTest, BrokenPipesStayBroken) {
  const auto previous_handler = std::signal(SIGPIPE, SIG_IGN);
  const std::string path = TestFile("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  UniqueFd reader(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  absl::StatusOr<RecordWriter> writer = RecordWriter::Create(path);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(writer->Append("first"), IsOk());

  const auto is_broken = StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("cannot write: Broken pipe"));
  { const UniqueFd closed = std::move(reader); }
  EXPECT_THAT(writer->Append("second"), is_broken);
  reader = UniqueFd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_THAT(writer->Append("third"), is_broken);
  std::signal(SIGPIPE, previous_handler);
}

}  // namespace
}  // namespace minidl
