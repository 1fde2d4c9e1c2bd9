// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace freshet {

/// The text with everything escaped that a terminal would obey or reorder, as in "\x1b" and "\u202e": control
/// characters other than line feed and tab, bidirectional formatting, and bytes that are no UTF-8. JSON stays the same
/// JSON.
std::string printable(std::string_view text);

/// printable() on one line: line feeds and the separators of lines and paragraphs are escaped, too.
std::string printable_line(std::string_view text);

/// The text as one word of a shell's command: in quotes if it has characters that a shell could expand.
std::string shell_word(std::string_view text);

/// A stream that writes printable() text to another one, which outlives it.
class PrintableStream final : public std::ostream {
public:
    explicit PrintableStream(std::ostream& target);
    ~PrintableStream() override;

private:
    class Buffer;
    std::unique_ptr<Buffer> buffer_;
};

}  // namespace freshet
