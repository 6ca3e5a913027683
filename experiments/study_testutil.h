#ifndef MINIDL_EXPERIMENTS_STUDY_TESTUTIL_H_
#define MINIDL_EXPERIMENTS_STUDY_TESTUTIL_H_

#include "data/mnist.h"
#include "experiments/study.h"

namespace minidl {

// A study of two tiny architectures, "separate" and "shared_aux", that trains
// in milliseconds: 3 rounds, 2 epochs of 60 training pairs, seed 5.
Study SmallStudy();

// This repository's MNIST, loaded once.
const Mnist& SharedMnist();

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_STUDY_TESTUTIL_H_
