#ifndef MINIDL_DATA_BITMAP_FONT_H_
#define MINIDL_DATA_BITMAP_FONT_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace minidl {

// Every glyph's size in pixels, with the space around it.
inline constexpr int kGlyphWidth = 6;
inline constexpr int kGlyphHeight = 13;

// The rows of a glyph, the top one first; the leftmost of the six pixels is the
// highest of the six bits.
using Glyph = std::array<uint8_t, kGlyphHeight>;

// The glyphs of a text in UTF-8: of ASCII's printable characters and of "≤".
// Each other character, and each byte of what is no UTF-8, gets that of "?".
std::vector<const Glyph*> GlyphsOf(absl::string_view text);

}  // namespace minidl

#endif  // MINIDL_DATA_BITMAP_FONT_H_
