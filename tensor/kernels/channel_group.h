#ifndef MINIDL_TENSOR_KERNELS_CHANNEL_GROUP_H_
#define MINIDL_TENSOR_KERNELS_CHANNEL_GROUP_H_

#include <cstdint>

namespace minidl::kernels {

// Channels that are lanes of vectors come in groups of so many, one vector of
// AVX-512 and one cache line of floats.
inline constexpr int64_t kChannelGroup = 16;

// The smallest multiple of kChannelGroup that is at least `channels`.
constexpr int64_t PadChannels(int64_t channels) {
  return (channels + kChannelGroup - 1) / kChannelGroup * kChannelGroup;
}

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_CHANNEL_GROUP_H_
