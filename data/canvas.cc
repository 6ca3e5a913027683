#include "data/canvas.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "data/bitmap_font.h"

namespace minidl {

Canvas::Canvas(int64_t width, int64_t height, Color background)
    : width_(width), height_(height) {
  MINIDL_CHECK(width >= 1 && height >= 1, "Canvas: of ", width, "x", height);
  pixels_.resize(static_cast<size_t>(3 * width * height));
  FillRectangle(0, 0, width, height, background);
}

Color Canvas::At(int64_t x, int64_t y) const {
  MINIDL_CHECK(0 <= x && x < width_ && 0 <= y && y < height_, "Canvas::At: ", x,
               ", ", y, " of ", width_, "x", height_);
  const uint8_t* pixel = pixels_.data() + 3 * (y * width_ + x);
  return {pixel[0], pixel[1], pixel[2]};
}

void Canvas::FillRectangle(int64_t x, int64_t y, int64_t width, int64_t height,
                           Color color) {
  const int64_t right = std::min(x + width, width_);
  const int64_t bottom = std::min(y + height, height_);
  for (int64_t row = std::max(y, int64_t{0}); row < bottom; ++row) {
    for (int64_t column = std::max(x, int64_t{0}); column < right; ++column) {
      uint8_t* pixel = pixels_.data() + 3 * (row * width_ + column);
      pixel[0] = color.red;
      pixel[1] = color.green;
      pixel[2] = color.blue;
    }
  }
}

void Canvas::DrawFrame(int64_t x, int64_t y, int64_t width, int64_t height,
                       int64_t thickness, Color color) {
  FillRectangle(x, y, width, thickness, color);
  FillRectangle(x, y + height - thickness, width, thickness, color);
  FillRectangle(x, y, thickness, height, color);
  FillRectangle(x + width - thickness, y, thickness, height, color);
}

void Canvas::DrawCross(int64_t x, int64_t y, int64_t side, int64_t thickness,
                       Color color) {
  for (int64_t i = 0; i + thickness <= side; ++i) {
    FillRectangle(x + i, y + i, thickness, thickness, color);
    FillRectangle(x + side - thickness - i, y + i, thickness, thickness, color);
  }
}

void Canvas::DrawImage(int64_t x, int64_t y, absl::Span<const float> image,
                       int64_t rows, int64_t columns, int64_t scale) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const float value = image[static_cast<size_t>(row * columns + column)];
      const auto grey = static_cast<uint8_t>(
          std::lround(std::min(std::max(value, 0.0F), 255.0F)));
      FillRectangle(x + column * scale, y + row * scale, scale, scale,
                    {grey, grey, grey});
    }
  }
}

int64_t Canvas::DrawText(int64_t x, int64_t y, absl::string_view text,
                         int64_t scale, Color color) {
  for (const Glyph* glyph : GlyphsOf(text)) {
    for (int64_t row = 0; row < kGlyphHeight; ++row) {
      const int bits = (*glyph)[static_cast<size_t>(row)];
      for (int64_t column = 0; column < kGlyphWidth; ++column) {
        if ((bits >> (kGlyphWidth - 1 - column) & 1) == 0) continue;
        FillRectangle(x + column * scale, y + row * scale, scale, scale, color);
      }
    }
    x += kGlyphWidth * scale;
  }
  return x;
}

absl::StatusOr<std::string> Canvas::Png() const {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.format = PNG_FORMAT_RGB;
  // Without filters, so that zlib is all that a reader needs.
  image.flags = PNG_IMAGE_FLAG_FAST;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string png(size, '\0');
  if (png_image_write_to_memory(&image, &png[0], &size, /*convert_to_8bit=*/0,
                                pixels_.data(), /*row_stride=*/0,
                                /*colormap=*/nullptr) == 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("PNG of ", width_, "x", height_, ": ", image.message));
  }
  png.resize(size);
  return png;
}

}  // namespace minidl
