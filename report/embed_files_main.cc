// Writes the source of EmbeddedFiles() (embedded_files.h) for the files of its
// arguments to standard output. Part of the build: it uses the standard library
// alone.
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr size_t kBytesPerLine = 1000;

// `bytes` as a C++ string literal of several lines.
std::string Literal(const std::string& bytes) {
  std::string literal = "\"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char byte = static_cast<unsigned char>(bytes[i]);
    if (i > 0 && i % kBytesPerLine == 0) literal += "\"\n\"";
    // '?' could begin a trigraph.
    if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\' &&
        byte != '?') {
      literal += bytes[i];
    } else {
      // Always three octal digits, after which a digit is one of its own.
      literal += '\\';
      for (const int shift : {6, 3, 0}) {
        literal += static_cast<char>('0' + (byte >> shift & 7));
      }
    }
  }
  return literal + "\"";
}

}  // namespace

int main(int argc, char** argv) {
  std::string source =
      "#include \"report/embedded_files.h\"\n\n"
      // Compilers need not accept as much as they do.
      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
      "namespace minidl {\n\n"
      "absl::Span<const EmbeddedFile> EmbeddedFiles() {\n"
      "static constexpr EmbeddedFile kFiles[] = {\n";
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string contents{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
      std::fprintf(stderr, "%s: cannot read\n", argv[i]);
      return 1;
    }
    source += "{" +
              Literal(std::filesystem::path(argv[i]).filename().string()) +
              ", absl::string_view(" + Literal(contents) + ", " +
              std::to_string(contents.size()) + ")},\n";
  }
  source += "};\nreturn kFiles;\n}\n\n}  // namespace minidl\n";
  return std::fwrite(source.data(), 1, source.size(), stdout) ==
                     source.size() &&
                 std::fflush(stdout) == 0
             ? 0
             : 1;
}
