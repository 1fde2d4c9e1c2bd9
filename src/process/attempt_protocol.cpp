// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/attempt_protocol.hpp"

#include "freshet/error.hpp"

#include <sys/socket.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace freshet::process {

namespace {

using std::chrono::nanoseconds;
using worker::Attempt;
using worker::AttemptResult;
using worker::AttemptStatus;
using worker::LogLine;
using worker::Message;
using worker::MessageResponse;
using worker::Progress;
using worker::ResourcesDecreased;
using worker::StatusMessage;
using worker::TrackingUrl;

using Size = std::uint32_t;
constexpr std::size_t max_descriptors = 4;

Size decode_size(const char* bytes) {
    Size size = 0;
    std::memcpy(&size, bytes, sizeof size);
    return size;
}

void attach_descriptors(msghdr& message, std::span<char> buffer, const std::vector<int>& descriptors) {
    message.msg_control = buffer.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size() * sizeof(int));
}

std::vector<FileDescriptor> received_descriptors(msghdr& message) {
    std::vector<FileDescriptor> descriptors;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            descriptors.emplace_back(fd);
        }
    }
    return descriptors;
}

/// Fills `bytes`; false when the peer closes the socket before that.
bool receive_bytes(const FileDescriptor& socket, std::span<char> bytes, std::vector<FileDescriptor>* descriptors) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(max_descriptors * sizeof(int))> control{};
    while (!bytes.empty()) {
        iovec part{bytes.data(), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto count = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
        if (count == 0 || (count < 0 && errno != EINTR)) return false;
        if (count < 0) continue;
        for (FileDescriptor& descriptor : received_descriptors(message))
            if (descriptors) descriptors->push_back(std::move(descriptor));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

Json task_to_json(const AnyTask& task) {
    Json::Object values;
    for (const auto& [name, value] : task.values_with_secrets()) values.emplace_back(name, value);
    return Json::Object{{"family", task.type().family}, {"values", std::move(values)}};
}

AnyTask task_from_json(const Json& json, const Registry& registry) {
    Values values;
    for (const auto& [name, value] : json.at("values").as_object()) values.emplace(name, value.as_string());
    return registry.make(json.at("family").as_string(), values);
}

std::int64_t to_number(Time time) { return std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count(); }

Time to_time(const Json& number) {
    return Time(std::chrono::duration_cast<Time::duration>(nanoseconds(number.as_integer())));
}

Json to_json(const target::StagedOutput& output) {
    return Json::Array{output.target.native(), output.temporary.native(), output.receipt.native()};
}

target::StagedOutput staged_from_json(const Json& json) {
    const Json::Array& paths = json.as_array();
    return {paths.at(0).as_string(), paths.at(1).as_string(), paths.at(2).as_string()};
}

Json to_json(const worker::StagedTarget& output) {
    Json json = Json::Object{{"address", output.address}, {"staged", output.staged}};
    if (!output.content) return json;
    json["size"] = output.content->size;
    json["sha256"] = output.content->sha256;
    return json;
}

worker::StagedTarget staged_target_from_json(const Json& json) {
    worker::StagedTarget output{.address = json.at("address").as_string(), .staged = json.at("staged")};
    if (const Json* size = json.find("size"))
        output.content = {static_cast<std::uintmax_t>(size->as_integer()), json.at("sha256").as_string()};
    return output;
}

Json to_json(const AttemptResult& result) {
    Json json = Json::Object{{"ending", static_cast<int>(result.status)},
                             {"failure", process::to_json(result.failure)},
                             {"disk_full", result.disk_full},
                             {"started", to_number(result.started)},
                             {"ended", to_number(result.ended)},
                             {"staged", Json::array()},
                             {"staged_targets", Json::array()},
                             {"missing", Json::array()},
                             {"events", Json::array()}};
    for (const target::StagedOutput& output : result.staged) json["staged"].push_back(to_json(output));
    for (const worker::StagedTarget& output : result.staged_targets) json["staged_targets"].push_back(to_json(output));
    for (const AnyTask& task : result.missing) json["missing"].push_back(task_to_json(task));
    for (const Event& event : result.events) json["events"].push_back(to_json(event));
    return json;
}

AttemptResult result_from_json(const Json& json, const std::string& token, const Registry& registry) {
    AttemptResult result{.token = token,
                         .status = static_cast<AttemptStatus>(json.at("ending").as_integer()),
                         .failure = failure_from_json(json.at("failure")),
                         .disk_full = json.at("disk_full").as_bool(),
                         .started = to_time(json.at("started")),
                         .ended = to_time(json.at("ended"))};
    for (const Json& output : json.at("staged").as_array()) result.staged.push_back(staged_from_json(output));
    for (const Json& output : json.at("staged_targets").as_array())
        result.staged_targets.push_back(staged_target_from_json(output));
    for (const Json& task : json.at("missing").as_array()) result.missing.push_back(task_from_json(task, registry));
    for (const Json& event : json.at("events").as_array()) result.events.push_back(event_from_json(event));
    return result;
}

struct MessageToJson {
    Json operator()(const AttemptResult& result) const { return Json::Object{{"result", to_json(result)}}; }
    Json operator()(const Progress& progress) const { return Json::Object{{"progress", progress.fraction}}; }
    Json operator()(const StatusMessage& status) const { return Json::Object{{"status", status.text}}; }
    Json operator()(const LogLine& line) const {
        return Json::Object{{"log", line.text}, {"is_warning", line.is_warning}};
    }
    Json operator()(const ResourcesDecreased& decreased) const {
        Json amounts = Json::object();
        for (const auto& [name, amount] : decreased.amounts) amounts[name] = amount;
        return Json::Object{{"decreased", std::move(amounts)}};
    }
    Json operator()(const TrackingUrl& tracking) const { return Json::Object{{"tracking_url", tracking.url}}; }
    Json operator()(const MessageResponse& response) const {
        return Json::Object{{"response", response.text}, {"message_id", response.message_id}};
    }
    template <class OtherMessage>
    Json operator()(const OtherMessage&) const {
        return Json::object();
    }
};

}  // namespace

std::string encode_frame(std::string_view text) {
    const Size size = static_cast<Size>(text.size());
    std::string frame(sizeof size, '\0');
    std::memcpy(frame.data(), &size, sizeof size);
    return frame.append(text);
}

void FrameDecoder::append(std::string_view bytes) {
    bytes_.erase(0, std::exchange(begin_, 0));
    bytes_.append(bytes);
}

std::optional<std::string> FrameDecoder::next() {
    const std::string_view left = std::string_view(bytes_).substr(begin_);
    if (left.size() < sizeof(Size)) return std::nullopt;
    const Size size = decode_size(left.data());
    if (left.size() < sizeof size + size) return std::nullopt;
    begin_ += sizeof size + size;
    return std::string(left.substr(sizeof size, size));
}

bool send_frame(const FileDescriptor& socket, std::string_view text, const std::vector<int>& descriptors) {
    std::string frame = encode_frame(text);
    std::span<char> bytes = frame;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(max_descriptors * sizeof(int))> control{};
    bool is_first = true;
    while (!bytes.empty()) {
        iovec part{bytes.data(), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (is_first && !descriptors.empty()) attach_descriptors(message, control, descriptors);
        const auto count = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) return false;
        if (count < 0) continue;
        is_first = false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

std::optional<Frame> receive_frame(const FileDescriptor& socket) {
    Frame frame;
    std::array<char, sizeof(Size)> size;
    if (!receive_bytes(socket, size, &frame.descriptors)) return std::nullopt;
    frame.text.resize(decode_size(size.data()));
    if (!receive_bytes(socket, frame.text, nullptr)) return std::nullopt;
    return frame;
}

Json to_json(const Attempt& attempt) {
    return Json::Object{{"task", task_to_json(attempt.task)},
                        {"token", attempt.token},
                        {"lease", attempt.lease},
                        {"number", attempt.number},
                        {"run_id", attempt.run_id},
                        {"traceparent", attempt.traceparent},
                        {"code_version", attempt.code_version},
                        {"default_timeout", attempt.default_timeout.count()},
                        {"replaces", attempt.if_exists == IfExists::replace}};
}

Attempt attempt_from_json(const Json& json, const Registry& registry) {
    return {.task = task_from_json(json.at("task"), registry),
            .token = json.at("token").as_string(),
            .lease = json.at("lease").as_integer(),
            .number = static_cast<int>(json.at("number").as_integer()),
            .run_id = json.at("run_id").as_string(),
            .traceparent = json.at("traceparent").as_string(),
            .code_version = json.at("code_version").as_string(),
            .default_timeout = std::chrono::milliseconds(json.at("default_timeout").as_integer()),
            .if_exists = json.at("replaces").as_bool() ? IfExists::replace : IfExists::keep};
}

Json to_json(const Failure& failure) {
    return Json::Object{{"class", static_cast<int>(failure.failure_class)},
                        {"message", failure.message},
                        {"retry_after", failure.retry_after ? Json(failure.retry_after->count()) : Json()}};
}

Failure failure_from_json(const Json& json) {
    Failure failure{static_cast<FailureClass>(json.at("class").as_integer()), json.at("message").as_string()};
    if (const Json& pause = json.at("retry_after"); !pause.is_null())
        failure.retry_after = std::chrono::seconds(pause.as_integer());
    return failure;
}

Json to_json(const worker::IncomingMessage& message) {
    return Json::Object{{"id", message.id}, {"content", message.content}};
}

worker::IncomingMessage incoming_message_from_json(const Json& json) {
    return {.id = json.at("id").as_string(), .content = json.at("content").as_string()};
}

Json to_json(const Message& message) { return std::visit(MessageToJson(), message); }

Message message_from_json(const Json& json, const std::string& token, const Registry& registry) {
    if (const Json* result = json.find("result")) return result_from_json(*result, token, registry);
    if (const Json* progress = json.find("progress")) return Progress{token, progress->as_number()};
    if (const Json* status = json.find("status")) return StatusMessage{token, status->as_string()};
    if (const Json* amounts = json.find("decreased")) {
        ResourcesDecreased decreased{token, {}};
        for (const auto& [name, amount] : amounts->as_object())
            decreased.amounts.emplace(name, static_cast<int>(amount.as_integer()));
        return decreased;
    }
    if (const Json* url = json.find("tracking_url")) return TrackingUrl{token, url->as_string()};
    if (const Json* response = json.find("response"))
        return MessageResponse{token, json.at("message_id").as_string(), response->as_string()};
    return LogLine{token, json.at("log").as_string(), json.at("is_warning").as_bool()};
}

}  // namespace freshet::process
