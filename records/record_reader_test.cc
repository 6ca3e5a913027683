#include "records/record_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "records/frame.h"
#include "records/record_file_testutil.h"

namespace {

// Of this thread: a test that writes to a pipe has two.
thread_local size_t largest_allocation = 0;

}  // namespace

// Every allocation of this program goes through here. Not inlined, or GCC takes
// the malloc in one and the delete in another place for a mismatch.
ABSL_ATTRIBUTE_NOINLINE void* operator new(size_t size) {
  largest_allocation = std::max(largest_allocation, size);
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory) noexcept {
  std::free(memory);
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

const std::vector<std::string>& Payloads() {
  static const auto& payloads = *new std::vector<std::string>{
      "first", "", std::string("thi\0rd, with more bytes than a frame's", 38)};
  return payloads;
}

RecordReader OpenWith(absl::string_view contents) {
  const std::string path = TestFile("a.tfrecord");
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  return *RecordReader::Open(path);
}

TEST(RecordReaderTest, ReadsPayloadsThenTheEnd) {
  RecordReader reader = OpenWith(Frames(Payloads()));
  EXPECT_THAT(ReadPayloads(reader), ElementsAreArray(Payloads()));
  EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
  EXPECT_EQ(reader.num_records(), 3);
  EXPECT_EQ(reader.offset(), static_cast<int64_t>(Frames(Payloads()).size()));
}

TEST(RecordReaderTest, EmptyFileHasNoRecords) {
  RecordReader reader = OpenWith("");
  EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
}

TEST(RecordReaderTest, RecordsLongerThanTheBuffer) {
  std::vector<std::string> payloads;
  for (const size_t size :
       {(1 << 18) - 1, 1 << 18, (1 << 18) + 1, 2'000'000, 1}) {
    payloads.push_back(std::string(size, static_cast<char>('a' + size % 26)));
  }
  RecordReader reader = OpenWith(Frames(payloads));
  EXPECT_THAT(ReadPayloads(reader), ElementsAreArray(payloads));
  EXPECT_THAT(reader.Next(), IsOk());
}

TEST(RecordReaderTest, ReadsPipes) {
  const std::string path = TestFile("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const std::vector<std::string> payloads(5, std::string(100'000, 'x'));
  std::thread writer([&path, &payloads] {
    EXPECT_THAT(WriteFile(path, Frames(payloads)), IsOk());
  });
  absl::StatusOr<RecordReader> reader = RecordReader::Open(path);
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT(ReadPayloads(*reader), ElementsAreArray(payloads));
  EXPECT_THAT(reader->Next(), IsOkAndHolds(std::nullopt));
  writer.join();
}

TEST(RecordReaderTest, FilesThatCannotBeReadAreNamed) {
  EXPECT_THAT(RecordReader::Open("/nonexistent/a"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/nonexistent/a: cannot open")));
  absl::StatusOr<RecordReader> directory =
      RecordReader::Open(testing::TempDir());
  ASSERT_THAT(directory, IsOk());
  EXPECT_THAT(directory->Next(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          HasSubstr("cannot read")));
}

// A file cut anywhere gives all complete records, then a clean end where one
// ends, and a torn tail everywhere else: never corruption.
TEST(RecordReaderTest, TruncatedAtEveryByte) {
  const std::string contents = Frames(Payloads());
  for (size_t size = 0; size <= contents.size(); ++size) {
    SCOPED_TRACE(size);
    std::vector<std::string> complete;
    size_t end = 0;
    for (const std::string& payload : Payloads()) {
      if (end + Frame(payload).size() > size) break;
      end += Frame(payload).size();
      complete.push_back(payload);
    }
    RecordReader reader = OpenWith(contents.substr(0, size));
    EXPECT_THAT(ReadPayloads(reader), ElementsAreArray(complete));
    EXPECT_EQ(reader.offset(), static_cast<int64_t>(end));
    if (end == size) {
      EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
    } else {
      EXPECT_THAT(
          reader.Next(),
          StatusIs(absl::StatusCode::kOutOfRange,
                   absl::StrCat(
                       reader.path(), ": record ", complete.size(), " at byte ",
                       end, " is incomplete: the file ends after ", size - end,
                       " bytes of it, as a killed run leaves "
                       "it")));
      EXPECT_TRUE(IsTornTail(reader.Next().status()));
    }
  }
}

// A file with any bit flipped gives the records before the flipped one, then
// says that it is corrupt: never a wrong record.
TEST(RecordReaderTest, FlippedAtEveryBit) {
  const std::string contents = Frames(Payloads());
  for (size_t bit = 0; bit < 8 * contents.size(); ++bit) {
    SCOPED_TRACE(absl::StrCat("byte ", bit / 8, " bit ", bit % 8));
    std::string flipped = contents;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    std::vector<std::string> before;
    size_t end = 0;
    for (const std::string& payload : Payloads()) {
      if (end + Frame(payload).size() > bit / 8) break;
      end += Frame(payload).size();
      before.push_back(payload);
    }
    RecordReader reader = OpenWith(flipped);
    EXPECT_THAT(ReadPayloads(reader), ElementsAreArray(before));
    EXPECT_THAT(
        reader.Next(),
        StatusIs(absl::StatusCode::kDataLoss,
                 HasSubstr(absl::StrCat("record ", before.size(), " at byte ",
                                        end, " is corrupt"))));
    EXPECT_FALSE(IsTornTail(reader.Next().status()));
  }
}

TEST(RecordReaderTest, SaysWhichChecksumDoesNotMatch) {
  const std::string good = Frame("good");
  std::string bad = Frame("bad");
  bad[0] = 4;
  RecordReader length = OpenWith(good + bad);
  EXPECT_THAT(ReadPayloads(length), ElementsAreArray({"good"}));
  EXPECT_THAT(
      length.Next(),
      StatusIs(absl::StatusCode::kDataLoss,
               length.path() + ": record 1 at byte 20 is corrupt: the "
                               "checksum of its length does not match"));

  bad = Frame("bad");
  bad[kFrameHeaderSize] = 'm';
  RecordReader contents = OpenWith(good + bad);
  EXPECT_THAT(ReadPayloads(contents), ElementsAreArray({"good"}));
  EXPECT_THAT(
      contents.Next(),
      StatusIs(absl::StatusCode::kDataLoss,
               HasSubstr("the checksum of its 3 bytes of contents does not")));
}

// All records behind a flipped bit are found again.
TEST(RecordReaderTest, ResynchronizesAfterEveryFlippedBit) {
  const std::string contents = Frames(Payloads());
  for (size_t bit = 0; bit < 8 * contents.size(); ++bit) {
    SCOPED_TRACE(absl::StrCat("byte ", bit / 8, " bit ", bit % 8));
    std::string flipped = contents;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    std::vector<std::string> others;
    size_t begin = 0;
    size_t bad_end = 0;
    for (const std::string& payload : Payloads()) {
      const size_t end = begin + Frame(payload).size();
      if (begin <= bit / 8 && bit / 8 < end) {
        bad_end = end;
      } else {
        others.push_back(payload);
      }
      begin = end;
    }
    RecordReader reader = OpenWith(flipped);
    std::vector<std::string> found = ReadPayloads(reader);
    ASSERT_FALSE(reader.Next().ok());
    ASSERT_THAT(reader.Resynchronize(), IsOk());
    EXPECT_EQ(reader.offset(), static_cast<int64_t>(bad_end));
    for (const std::string& payload : ReadPayloads(reader)) {
      found.push_back(payload);
    }
    EXPECT_THAT(found, ElementsAreArray(others));
    EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
  }
}

// As where a torn file has another one appended to it, and what is torn asks
// for more bytes than there are.
TEST(RecordReaderTest, ResynchronizesBehindATornRecord) {
  const std::string torn = Frame(std::string(1000, 'x')).substr(0, 300);
  RecordReader reader = OpenWith(torn + Frames(Payloads()));
  EXPECT_TRUE(IsTornTail(reader.Next().status()));
  ASSERT_THAT(reader.Resynchronize(), IsOk());
  EXPECT_EQ(reader.offset(), 300);
  EXPECT_THAT(ReadPayloads(reader), ElementsAreArray(Payloads()));
  EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
}

TEST(RecordReaderTest, ResynchronizesToTheEndIfNothingIsGood) {
  RecordReader reader = OpenWith("name: \"convnet\"\n");
  EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kDataLoss, testing::_));
  ASSERT_THAT(reader.Resynchronize(), IsOk());
  EXPECT_EQ(reader.offset(), 16);
  EXPECT_THAT(reader.Next(), IsOkAndHolds(std::nullopt));
}

// Reads a file to its end, behind what is corrupt or torn too.
std::vector<std::string> AllGoodPayloads(RecordReader& reader) {
  std::vector<std::string> payloads = ReadPayloads(reader);
  while (!reader.Next().ok()) {
    EXPECT_THAT(reader.Resynchronize(), IsOk());
    for (std::string& payload : ReadPayloads(reader)) {
      payloads.push_back(std::move(payload));
    }
  }
  return payloads;
}

// Files that somebody has made so that all of the rest belongs to a record,
// from almost every byte on. What there is to do must not grow with the square
// of their size: here that is 6e10 bytes, at 10 GB/s.
constexpr int kNumHeaders = 100'000;
constexpr int64_t kManyBytes = kNumHeaders * int64_t{5000};

TEST(RecordReaderTest, HeadersOfRecordsThatEndTogether) {
  std::string contents;
  for (int i = kNumHeaders; i > 0; --i) {
    contents += FrameHeader(static_cast<uint64_t>(i) * kFrameHeaderSize);
  }
  RecordReader reader = OpenWith(contents + Frames(Payloads()));
  EXPECT_THAT(AllGoodPayloads(reader), ElementsAreArray(Payloads()));
  EXPECT_LT(reader.num_bytes_checksummed(), kManyBytes);
}

// With good records between them, so that Next fails as often as it succeeds.
TEST(RecordReaderTest, HeadersOfLongRecordsBetweenGoodOnes) {
  const std::string good = Frame("");
  std::string contents;
  for (int i = kNumHeaders; i > 0; --i) {
    contents += FrameHeader(static_cast<uint64_t>(i - 1) *
                            (kFrameHeaderSize + good.size()));
    contents += good;
  }
  RecordReader reader = OpenWith(contents + Frame("last"));
  const std::vector<std::string> payloads = AllGoodPayloads(reader);
  ASSERT_EQ(payloads.size(), size_t{kNumHeaders + 1});
  EXPECT_EQ(payloads.back(), "last");
  EXPECT_LT(reader.num_bytes_checksummed(), kManyBytes);
}

// The first fills the reader's memory, and each of the next needs 12 bytes
// more: they must not be had by moving all the others to the place of 12.
TEST(RecordReaderTest, HeadersOfRecordsThatEndOneAfterTheOther) {
  constexpr size_t kMemory = size_t{1} << 20;
  std::string contents;
  while (contents.size() < kMemory + 100'000) {
    contents += FrameHeader(kMemory - kFrameHeaderSize - kFrameFooterSize);
  }
  RecordReader reader = OpenWith(contents + Frames(Payloads()));
  EXPECT_THAT(AllGoodPayloads(reader), ElementsAreArray(Payloads()));
  EXPECT_LT(reader.num_bytes_checksummed(), kManyBytes);
  EXPECT_LT(reader.num_bytes_moved(),
            static_cast<int64_t>(8 * contents.size()));
}

TEST(RecordReaderTest, FilesOfAnotherKind) {
  RecordReader reader = OpenWith("name: \"convnet\"\n");
  EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kDataLoss,
                                      HasSubstr("or this is not a record")));
}

// 300 MiB, in tfrecord.py: struct.pack("<Q", 300 << 20), then its masked CRC.
TEST(RecordReaderTest, RefusesRecordsThatAreTooLong) {
  RecordReader reader = OpenWith(
      std::string("\000\000\300\022\000\000\000\000\041\255\373\142", 12));
  EXPECT_THAT(reader.Next(),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("its length is 314572800 bytes"),
                             HasSubstr("at most 268435456"))));
}

// Likewise for 256 MiB.
TEST(RecordReaderTest, AllocatesNoMoreThanArrives) {
  RecordReader reader = OpenWith(absl::StrCat(
      absl::string_view("\000\000\000\020\000\000\000\000\355\360\064\111", 12),
      "short"));
  largest_allocation = 0;
  EXPECT_TRUE(IsTornTail(reader.Next().status()));
  EXPECT_LT(largest_allocation, size_t{1} << 20);
}

}  // namespace
}  // namespace minidl
