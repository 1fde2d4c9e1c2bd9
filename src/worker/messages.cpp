// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/messages.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

constexpr std::size_t max_piece_length = 16 * 1024;  // as of what a process prints

std::string text_of(const Json& object, std::string_view name) {
    const Json* text = object.find(name);
    return text && text->is_string() ? text->as_string() : "";
}

RerunTasks rerun_request(const Json& kwargs) {
    RerunTasks request;
    for (const Json& task : kwargs.at("tasks").as_array()) {
        RerunTasks::One one{.task_id = text_of(task, "task_id"), .family = text_of(task, "family")};
        for (const auto& [name, value] : task.at("params").as_object()) one.params.emplace(name, value.as_string());
        request.tasks.push_back(std::move(one));
    }
    return request;
}

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
    std::size_t operator()(const TrackingUrl& message) const {
        return sizeof(Message) + message.token.size() + message.url.size();
    }
    std::size_t operator()(const MessageResponse& message) const {
        return sizeof(Message) + message.token.size() + message.message_id.size() + message.text.size();
    }
    template <class OtherMessage>
    std::size_t operator()(const OtherMessage&) const {
        return 0;
    }
};

}  // namespace

std::size_t memory_of(const Message& message) { return std::visit(MemoryOf(), message); }

std::vector<Message> messages_in(const rpc::Messages& answer) {
    std::vector<Message> messages;
    for (const auto& [task_id, token] : answer.taken_leases)
        messages.push_back(LeaseTaken{.task_id = task_id, .lease = static_cast<rpc::LeaseToken>(token)});
    for (const auto& message : answer.rpc_messages) {
        const Json kwargs(message.kwargs);
        if (message.name == "set_worker_processes") {
            const Json* n = kwargs.find("n");
            if (n && n->is_integer()) messages.push_back(SetSlots{.slots = static_cast<int>(n->as_integer())});
        } else if (message.name == "dispatch_scheduler_message") {
            messages.push_back(SentMessage{.task_id = text_of(kwargs, "task_id"),
                                           .message_id = text_of(kwargs, "message_id"),
                                           .content = text_of(kwargs, "content")});
        } else if (message.name == "rerun_tasks") {
            messages.push_back(rerun_request(kwargs));
        }
    }
    return messages;
}

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
