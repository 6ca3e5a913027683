#ifndef MINIDL_DATA_AUGMENTATION_H_
#define MINIDL_DATA_AUGMENTATION_H_

#include "data/pair_sets.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

// Random changes that leave a training example's meaning as it is, so that a
// network sees a new one in each epoch. Which numbers are drawn depends on the
// generator and on the number of images alone, not on the options.
namespace minidl {

// How far images are changed: each of these is the largest of a uniform draw
// for each image. All 0 means no change.
struct AugmentationOptions {
  double rotation = 0;     // Degrees, either way; less than 180.
  double scaling = 0;      // 0.1: from 90 % to 110 %, each axis by itself. < 1.
  double shear = 0;        // Columns that a row is shifted by, per row.
  double translation = 0;  // Pixels, either way, each axis by itself.
  // Pixels, either way, each axis by itself, that the 4×4 points of a grid over
  // the image are moved; what is between them follows bilinearly. A cheap form
  // of the elastic distortions of Simard, Steinkraus and Platt, 2003.
  double distortion = 0;
};

// Changes images at random. Allocates no memory once it has seen its largest
// batch.
class ImageAugmentation {
 public:
  // Options are finite, not negative, and in their ranges. `background` is the
  // value of what is outside an image.
  ImageAugmentation(const AugmentationOptions& options, float background);

  // Changes each image of `images` (...×H×W, H and W at least 2) by itself: a
  // pixel becomes what was, before, at the place to which an affine map about
  // the image's centre and the distortion point, interpolated bilinearly.
  void Apply(Generator& generator, Tensor<float>& images);

 private:
  const AugmentationOptions options_;
  const float background_;
  Tensor<float> drawn_;
  Tensor<float> framed_;
};

// Swaps the two images of each pair with probability 1/2: inputs, classes and
// target.
void SwapPairs(Generator& generator, PairSet& pairs);

// Both, for batches of pairs.
class PairAugmentation {
 public:
  // As ImageAugmentation; `generator` must outlive the augmentation.
  PairAugmentation(const AugmentationOptions& options, bool swap_pairs,
                   float background, Generator& generator);

  // Changes the images of `pairs`, and then swaps them if that is asked for.
  void Apply(PairSet& pairs);

 private:
  ImageAugmentation images_;
  const bool swap_pairs_;
  Generator& generator_;
};

}  // namespace minidl

#endif  // MINIDL_DATA_AUGMENTATION_H_
