// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/messages.hpp"

#include "base/utf8.hpp"

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
    std::size_t operator()(const ResourcesDecreased& message) const {
        std::size_t size = sizeof(Message) + message.token.size();
        for (const auto& [name, amount] : message.amounts) size += sizeof(Resources::value_type) + name.size();
        return size;
    }
    template <class OtherMessage>
    std::size_t operator()(const OtherMessage&) const {
        return 0;
    }
};

}  // namespace

std::size_t memory_of(const Message& message) { return std::visit(MemoryOf(), message); }

void put_report(Mailbox<Message>& mailbox, Message message) {
    const std::size_t memory = memory_of(message);
    mailbox.put(std::move(message), memory);
}

void MessageReporter::send_pieces(std::string_view text, bool is_warning) {
    do {
        const std::string_view piece = text.substr(0, whole_characters(text, max_piece_length));
        send_(LogLine{token_, std::string(piece), is_warning});
        text.remove_prefix(piece.size());
    } while (!text.empty());
}

}  // namespace freshet::worker
