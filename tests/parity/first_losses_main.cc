// Prints the losses of the first steps of a round of the default study, one on
// a line, for live_test.py:
//
//   first_losses ARCHITECTURE.textproto ROUND STEPS

#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "base/text_proto.h"
#include "proto/architecture.pb.h"
#include "tests/parity/first_losses.h"

int main(int argc, char** argv) {
  int round;
  int steps;
  if (argc != 4 || !absl::SimpleAtoi(argv[2], &round) ||
      !absl::SimpleAtoi(argv[3], &steps)) {
    std::fputs("usage: first_losses ARCHITECTURE.textproto ROUND STEPS\n",
               stderr);
    return 2;
  }
  minidl::proto::Architecture architecture;
  const absl::Status status = minidl::ReadTextProto(argv[1], &architecture);
  if (!status.ok()) {
    std::fprintf(stderr, "first_losses: %s\n", status.ToString().c_str());
    return 2;
  }
  for (const double loss : minidl::FirstLosses(architecture, round, steps)) {
    std::printf("%.17g\n", loss);
  }
}
