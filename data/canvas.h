#ifndef MINIDL_DATA_CANVAS_H_
#define MINIDL_DATA_CANVAS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minidl {

struct Color {
  uint8_t red;
  uint8_t green;
  uint8_t blue;
  friend bool operator==(const Color& a, const Color& b) {
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
  }
};

// A picture to draw on. Coordinates are in pixels from the top left; what lies
// outside is not drawn.
class Canvas {
 public:
  // Width and height are at least 1.
  Canvas(int64_t width, int64_t height, Color background);

  int64_t width() const { return width_; }
  int64_t height() const { return height_; }

  // The color of a pixel that is inside.
  Color At(int64_t x, int64_t y) const;

  void FillRectangle(int64_t x, int64_t y, int64_t width, int64_t height,
                     Color color);

  // The outermost `thickness` pixels of a rectangle.
  void DrawFrame(int64_t x, int64_t y, int64_t width, int64_t height,
                 int64_t thickness, Color color);

  // Both diagonals of a square.
  void DrawCross(int64_t x, int64_t y, int64_t side, int64_t thickness,
                 Color color);

  // A grey image of `rows` × `columns` values, 0 (black) to 255 (white), each
  // of which becomes scale × scale pixels.
  void DrawImage(int64_t x, int64_t y, absl::Span<const float> image,
                 int64_t rows, int64_t columns, int64_t scale);

  // A line of text in the bitmap font, each pixel of which becomes scale ×
  // scale. Returns the x at which it ends.
  int64_t DrawText(int64_t x, int64_t y, absl::string_view text, int64_t scale,
                   Color color);

  // The picture as the contents of a PNG file. ResourceExhausted where memory
  // runs out.
  absl::StatusOr<std::string> Png() const;

 private:
  int64_t width_;
  int64_t height_;
  std::vector<uint8_t> pixels_;  // Rows of red, green, blue.
};

}  // namespace minidl

#endif  // MINIDL_DATA_CANVAS_H_
