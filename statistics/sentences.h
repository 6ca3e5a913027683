#ifndef MINIDL_STATISTICS_SENTENCES_H_
#define MINIDL_STATISTICS_SENTENCES_H_

#include <string>

#include "proto/statistics.pb.h"

// What may be claimed about an effect that has its verdict, in one sentence of
// plain text: the claim, or that none can be made; then its grounds, which are
// the mean difference with its interval, the number of rounds, p and adjusted
// p.
namespace minidl {

std::string ComparisonSentence(const proto::Comparison& comparison);
std::string ContrastSentence(const proto::Contrast& contrast);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_SENTENCES_H_
