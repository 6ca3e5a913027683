#ifndef MINIDL_EXPERIMENTS_DISK_PAGE_H_
#define MINIDL_EXPERIMENTS_DISK_PAGE_H_

#include <cstdint>
#include <vector>

#include "experiments/disk.h"
#include "report/disk_page.pb.h"

namespace minidl {

// The most points of each set that a page shows.
inline constexpr int64_t kMaxDiskPagePoints = 1000;

// The page of rounds to come.
proto::DiskPage NewDiskPage(const DiskOptions& options);

// Adds a round that was trained with `seed` and had these losses.
void AddDiskRound(uint64_t seed, const std::vector<double>& losses,
                  const DiskRound& round, proto::DiskPage& page);

// Adds a round that diverged after epochs with these losses.
void AddDivergedDiskRound(uint64_t seed, const std::vector<double>& losses,
                          proto::DiskPage& page);

// Computes what the page says of all its rounds together.
void FinishDiskPage(proto::DiskPage& page);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_DISK_PAGE_H_
