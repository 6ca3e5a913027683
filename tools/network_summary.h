#ifndef MINIDL_TOOLS_NETWORK_SUMMARY_H_
#define MINIDL_TOOLS_NETWORK_SUMMARY_H_

#include <cstdint>
#include <string>

#include "nn/module.h"
#include "nn/pair_network.h"
#include "proto/study.pb.h"
#include "tensor/shape.h"
#include "tools/network_summary.pb.h"

namespace minidl {

// What a step of training costs in `module`, called `name`, for a batch of
// `batch_size` examples of shape `input`, which fits.
proto::ModuleSummary SummarizeModule(const std::string& name, Module& module,
                                     const Shape& input, int64_t batch_size);

// The same of the only network of an architecture for pairs of `images`, which
// `training`, which has an optimizer, trains; all but the file's and the
// architecture's names.
proto::NetworkSummary SummarizeNetwork(PairNetwork& network,
                                       const PairImages& images,
                                       const proto::Training& training);

}  // namespace minidl

#endif  // MINIDL_TOOLS_NETWORK_SUMMARY_H_
