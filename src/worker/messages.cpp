// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/messages.hpp"

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

constexpr std::size_t max_piece_length = 16 * 1024;  // as of what a process prints

/// Bytes that a message takes of the mailbox. Results take none: their number is that of the running attempts.
struct MemoryOf {
    std::size_t operator()(const Progress& message) const { return sizeof(Message) + message.token.size(); }
    std::size_t operator()(const StatusMessage& message) const {
        return sizeof(Message) + message.token.size() + message.text.size();
    }
    std::size_t operator()(const LogLine& message) const {
        return sizeof(Message) + message.token.size() + message.text.size();
    }
    template <class OtherMessage>
    std::size_t operator()(const OtherMessage&) const {
        return 0;
    }
};

/// The beginning of a text, at most max_piece_length bytes, that does not end within a character.
std::string_view first_piece(std::string_view text) {
    if (text.size() <= max_piece_length) return text;
    constexpr std::size_t max_continuation = 3;
    std::size_t end = max_piece_length;
    const auto continues = [&] { return (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; };
    while (end > max_piece_length - max_continuation && continues()) --end;
    return text.substr(0, continues() ? max_piece_length : end);
}

}  // namespace

std::size_t memory_of(const Message& message) { return std::visit(MemoryOf(), message); }

void put_report(Mailbox<Message>& mailbox, Message message) {
    const std::size_t memory = memory_of(message);
    mailbox.put(std::move(message), memory);
}

void MessageReporter::send_pieces(std::string_view text, bool is_warning) {
    do {
        const std::string_view piece = first_piece(text);
        send_(LogLine{token_, std::string(piece), is_warning});
        text.remove_prefix(piece.size());
    } while (!text.empty());
}

}  // namespace freshet::worker
