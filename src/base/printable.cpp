// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <streambuf>
#include <utility>

namespace freshet {

namespace {

enum class LineFeeds { kept, escaped };

bool is_line_end(std::uint32_t code) { return code == '\n' || code == 0x2028 || code == 0x2029; }

bool is_obeyed(std::uint32_t code) { return (is_control(code) && code != '\t') || is_bidirectional_format(code); }

/// True for what every terminal shows as it is: ASCII, nearly all of what comes here.
bool is_printable_ascii(char byte) { return byte >= ' ' && byte <= '~'; }

std::string escaped_byte(char byte) { return fmt::format("\\x{:02x}", static_cast<unsigned char>(byte)); }

/// Those that JSON has unescaped, from DEL on, as JSON escapes them, which it stays then.
std::string escaped(std::uint32_t code) {
    if (code == '\n') return "\\n";
    return code < 0x7f ? escaped_byte(static_cast<char>(code)) : fmt::format("\\u{:04x}", code);
}

std::string with_escapes(std::string_view text, LineFeeds line_feeds) {
    std::string escaped_text;
    escaped_text.reserve(text.size());
    while (!text.empty()) {
        const auto plain = std::ranges::find_if_not(text, is_printable_ascii) - text.begin();
        escaped_text += text.substr(0, static_cast<std::size_t>(plain));
        text.remove_prefix(static_cast<std::size_t>(plain));
        if (text.empty()) break;
        const auto [code, length] = first_character(text);
        const std::size_t size = length == 0 ? 1 : length;
        if (length == 0)
            escaped_text += escaped_byte(text.front());
        else if (is_line_end(code) ? line_feeds == LineFeeds::escaped : is_obeyed(code))
            escaped_text += escaped(code);
        else
            escaped_text += text.substr(0, size);
        text.remove_prefix(size);
    }
    return escaped_text;
}

}  // namespace

std::string printable(std::string_view text) { return with_escapes(text, LineFeeds::kept); }

std::string printable_line(std::string_view text) { return with_escapes(text, LineFeeds::escaped); }

std::string shell_word(std::string_view text) {
    const auto is_plain = [](char c) {
        const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_alphanumeric || std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return quoted + "'";
}

/// Unbuffered but for the first bytes of a character that comes in two parts.
class PrintableStream::Buffer final : public std::streambuf {
public:
    explicit Buffer(std::ostream& out) : out_(out) {}
    ~Buffer() override { write_incomplete(); }

protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        incomplete_.append(text, static_cast<std::size_t>(size));
        const std::string all = std::exchange(incomplete_, {});
        const std::size_t tail = incomplete_tail(all);
        incomplete_ = all.substr(all.size() - tail);
        out_ << printable(std::string_view(all).substr(0, all.size() - tail));
        return out_ ? size : 0;
    }

    int_type overflow(int_type c) override {
        if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
        const char byte = traits_type::to_char_type(c);
        return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
    }

    int sync() override {
        write_incomplete();
        return out_.flush() ? 0 : -1;
    }

private:
    void write_incomplete() { out_ << printable(std::exchange(incomplete_, {})); }

    std::ostream& out_;
    std::string incomplete_;
};

PrintableStream::PrintableStream(std::ostream& target)
    : std::ostream(nullptr), buffer_(std::make_unique<Buffer>(target)) {
    rdbuf(buffer_.get());
}

PrintableStream::~PrintableStream() = default;

}  // namespace freshet
