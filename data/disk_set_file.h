#ifndef MINIDL_DATA_DISK_SET_FILE_H_
#define MINIDL_DATA_DISK_SET_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "data/disk_set.h"

// Disk sets as NumPy archives (.npz), for numpy.load and from numpy.savez:
//
//   array         type     shape
//   train_input   float32  N×2, the points, each coordinate from 0 to 1
//   train_target  int64    N: 1 inside the disk, else 0
//
// and the same with test_, of another N.
namespace minidl {

// The archive of two sets. ResourceExhausted where memory runs out.
absl::StatusOr<std::string> DiskSetsArchive(const DiskSets& sets);

// Reads both sets from the file at `path`: each of 1 to kMaxDiskPoints points,
// with both arrays, and nothing else. Whose labels they are, the disk's or
// another shape's, does not matter. The errors of NpzReader, and
// FailedPrecondition, with the file, the array, what was expected and what was
// found.
absl::StatusOr<DiskSets> ReadDiskSets(const std::string& path);

}  // namespace minidl

#endif  // MINIDL_DATA_DISK_SET_FILE_H_
