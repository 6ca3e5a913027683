#include "data/augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/types/span.h"
#include "base/check.h"
#include "data/pair_sets.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Points along a side of the grid of the distortion.
constexpr int64_t kGridSide = 4;

// What is drawn for an image, in this order, each number uniform in [-1, 1):
// rotation, scaling of x and of y, shear, translation along x and y, and the
// displacements along x and y of the grid's points.
constexpr int64_t kNumDrawn = 6 + 2 * kGridSide * kGridSide;

// From pixels of the new image to places in the old one, as (row, column).
class Map {
 public:
  // `drawn` are an image's numbers, `height` and `width` its sizes.
  Map(const AugmentationOptions& options, absl::Span<const float> drawn,
      int64_t height, int64_t width)
      : centre_y_(static_cast<float>(height - 1) / 2),
        centre_x_(static_cast<float>(width - 1) / 2) {
    // By t = tan(angle / 2), cosine and sine are quotients, which are the same
    // everywhere: those of the C library depend on its version.
    constexpr double kDegree = 3.14159265358979323846 / 180;
    const float t =
        drawn[0] * static_cast<float>(std::tan(options.rotation * kDegree / 2));
    const float cosine = (1 - t * t) / (1 + t * t);
    const float sine = 2 * t / (1 + t * t);
    const auto scaling = static_cast<float>(options.scaling);
    const float scale_x = 1 / (1 + drawn[1] * scaling);
    const float scale_y = 1 / (1 + drawn[2] * scaling);
    const float shear = drawn[3] * static_cast<float>(options.shear);
    yy_ = cosine * scale_y;
    yx_ = sine * scale_y;
    xy_ = (shear * cosine - sine) * scale_x;
    xx_ = (shear * sine + cosine) * scale_x;
    const auto translation = static_cast<float>(options.translation);
    shift_x_ = drawn[4] * translation;
    shift_y_ = drawn[5] * translation;
    const auto distortion = static_cast<float>(options.distortion);
    for (size_t i = 0; i < grid_.size(); ++i) {
      grid_[i] = drawn[6 + i] * distortion;
    }
    distorts_ = distortion != 0;
    const auto cells = static_cast<float>(kGridSide - 1);
    cells_per_row_ = cells / static_cast<float>(height - 1);
    cells_per_column_ = cells / static_cast<float>(width - 1);
  }

  std::pair<float, float> operator()(int64_t row, int64_t column) const {
    const float y = static_cast<float>(row) - centre_y_ - shift_y_;
    const float x = static_cast<float>(column) - centre_x_ - shift_x_;
    std::pair<float, float> place = {yy_ * y + yx_ * x + centre_y_,
                                     xy_ * y + xx_ * x + centre_x_};
    if (distorts_) {
      const float grid_y = static_cast<float>(row) * cells_per_row_;
      const float grid_x = static_cast<float>(column) * cells_per_column_;
      place.first += Interpolate(grid_.data() + kGridSide * kGridSide,
                                 kGridSide, kGridSide, grid_y, grid_x);
      place.second +=
          Interpolate(grid_.data(), kGridSide, kGridSide, grid_y, grid_x);
    }
    return place;
  }

  // The value at (y, x), 0 <= y <= rows - 1 and 0 <= x <= columns - 1, between
  // those of a rows×columns matrix at whole numbers.
  static float Interpolate(const float* matrix, int64_t rows, int64_t columns,
                           float y, float x) {
    const int64_t row = std::min(static_cast<int64_t>(y), rows - 2);
    const int64_t column = std::min(static_cast<int64_t>(x), columns - 2);
    const float fraction_y = y - static_cast<float>(row);
    const float fraction_x = x - static_cast<float>(column);
    const float* upper = matrix + row * columns + column;
    const float* lower = upper + columns;
    const float above = upper[0] + fraction_x * (upper[1] - upper[0]);
    const float below = lower[0] + fraction_x * (lower[1] - lower[0]);
    return above + fraction_y * (below - above);
  }

 private:
  float centre_y_;
  float centre_x_;
  // The matrix of the affine map, from (row, column) to (row, column).
  float yy_;
  float yx_;
  float xy_;
  float xx_;
  float shift_y_;
  float shift_x_;
  // Displacements of the grid's points along x, and then along y.
  std::array<float, 2 * kGridSide * kGridSide> grid_;
  bool distorts_;
  float cells_per_row_;
  float cells_per_column_;
};

}  // namespace

ImageAugmentation::ImageAugmentation(const AugmentationOptions& options,
                                     float background)
    : options_(options), background_(background) {
  const auto in_range = [](double value, double end) {
    return 0 <= value && value < end;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  MINIDL_CHECK(in_range(options.rotation, 180) &&
                   in_range(options.scaling, 1) &&
                   in_range(options.shear, kInfinity) &&
                   in_range(options.translation, kInfinity) &&
                   in_range(options.distortion, kInfinity),
               "ImageAugmentation: rotation ", options.rotation, ", scaling ",
               options.scaling, ", shear ", options.shear, ", translation ",
               options.translation, ", distortion ", options.distortion);
}

void ImageAugmentation::Apply(Generator& generator, Tensor<float>& images) {
  const Shape& shape = images.shape();
  MINIDL_CHECK(shape.rank() >= 2 && shape[shape.rank() - 2] >= 2 &&
                   shape[shape.rank() - 1] >= 2,
               "ImageAugmentation: images ", shape.ToString(),
               " are not ...×H×W");
  const int64_t height = shape[shape.rank() - 2];
  const int64_t width = shape[shape.rank() - 1];
  const int64_t num_images = images.size() / (height * width);
  drawn_.Resize({num_images, kNumDrawn});
  FillUniform(-1, 1, generator, drawn_);

  // An image with a frame of background, outside of which nothing else is seen.
  const int64_t framed_height = height + 2;
  const int64_t framed_width = width + 2;
  framed_.Resize({framed_height, framed_width});
  framed_.Fill(background_);
  const auto last_row = static_cast<float>(framed_height - 1);
  const auto last_column = static_cast<float>(framed_width - 1);
  float* image = images.data();
  for (int64_t n = 0; n < num_images; ++n, image += height * width) {
    for (int64_t row = 0; row < height; ++row) {
      std::copy_n(image + row * width, width,
                  framed_.data() + (row + 1) * framed_width + 1);
    }
    const Map map(options_, drawn_.Outer(n), height, width);
    for (int64_t row = 0; row < height; ++row) {
      for (int64_t column = 0; column < width; ++column) {
        const auto [y, x] = map(row, column);
        image[row * width + column] =
            Map::Interpolate(framed_.data(), framed_height, framed_width,
                             std::clamp(y + 1, 0.0f, last_row),
                             std::clamp(x + 1, 0.0f, last_column));
      }
    }
  }
}

void SwapPairs(Generator& generator, PairSet& pairs) {
  const int64_t num_pairs = pairs.targets.size();
  for (int64_t n = 0; n < num_pairs; ++n) {
    if ((generator.Random32() & 1) == 0) continue;
    const absl::Span<float> images = pairs.inputs.Outer(n);
    const auto middle =
        images.begin() + static_cast<std::ptrdiff_t>(images.size() / 2);
    std::swap_ranges(images.begin(), middle, middle);
    std::swap(pairs.classes(n, 0), pairs.classes(n, 1));
    pairs.targets(n) = PairTarget(pairs.classes(n, 0), pairs.classes(n, 1));
  }
}

PairAugmentation::PairAugmentation(const AugmentationOptions& options,
                                   bool swap_pairs, float background,
                                   Generator& generator)
    : images_(options, background),
      swap_pairs_(swap_pairs),
      generator_(generator) {}

void PairAugmentation::Apply(PairSet& pairs) {
  images_.Apply(generator_, pairs.inputs);
  if (swap_pairs_) SwapPairs(generator_, pairs);
}

}  // namespace minidl
