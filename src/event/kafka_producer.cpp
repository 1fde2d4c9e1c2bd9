// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/kafka_producer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace freshet::event {

namespace {

constexpr int poll_ms = 100;  // callbacks end a poll early: no delivery waits for it

/// The delivery report of a message.
struct DeliveryReport {
    rd_kafka_resp_err_t error;
    rd_kafka_msg_status_t status;
};

void on_delivery_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    *static_cast<std::optional<DeliveryReport>*>(message->_private) =
        DeliveryReport{.error = message->err, .status = rd_kafka_message_status(message)};
}

void on_error(rd_kafka_t*, int error, const char* reason, void* last_error) {
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;  // follows the error that says why
    *static_cast<std::string*>(last_error) = reason;
}

/// librdkafka would write to stderr; what went wrong is in the exception.
void on_log(const rd_kafka_t*, int, const char*, const char*) {}

using Fields = std::vector<rd_kafka_vu_t>;

rd_kafka_vu_t& add(Fields& fields, rd_kafka_vtype_t type) {
    fields.push_back({.vtype = type, .u = {}});
    return fields.back();
}

void add_text(Fields& fields, rd_kafka_vtype_t type, const std::string& text) {
    add(fields, type).u.mem = {.ptr = const_cast<char*>(text.data()), .size = text.size()};
}

/// Views of the message: librdkafka copies what they show.
Fields fields_of(const KafkaMessage& message) {
    Fields fields;
    add(fields, RD_KAFKA_VTYPE_TOPIC).u.cstr = message.topic.c_str();
    add(fields, RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
    add_text(fields, RD_KAFKA_VTYPE_VALUE, message.body);
    // A message without a key goes to any partition; an empty key would tie all of them to one.
    if (!message.key.empty()) add_text(fields, RD_KAFKA_VTYPE_KEY, message.key);
    for (const auto& [name, value] : message.headers) {
        add(fields, RD_KAFKA_VTYPE_HEADER).u.header = {
            .name = name.c_str(), .val = value.data(), .size = static_cast<ssize_t>(value.size())};
    }
    return fields;
}

/// Throws Error for an error that is about this message, TransientError for any other.
[[noreturn]] void fail(rd_kafka_resp_err_t error, const std::string& why) {
    constexpr std::array rejections{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
                                    RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD,
                                    RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP};
    if (std::ranges::find(rejections, error) != rejections.end()) throw Error(why);
    throw TransientError(why);
}

/// Hands the message over; its report will be put into `report`.
void enqueue(rd_kafka_t* producer, const KafkaMessage& message, std::optional<DeliveryReport>& report) {
    Fields fields = fields_of(message);
    add(fields, RD_KAFKA_VTYPE_OPAQUE).u.ptr = &report;
    const KafkaError error{rd_kafka_produceva(producer, fields.data(), fields.size())};
    if (error) fail(rd_kafka_error_code(error.get()), rd_kafka_error_string(error.get()));
}

}  // namespace

KafkaProducer::KafkaProducer(const rd_kafka_conf_t& conf) {
    KafkaConf own{rd_kafka_conf_dup(&conf)};
    rd_kafka_conf_set_opaque(own.get(), last_error_.get());
    rd_kafka_conf_set_dr_msg_cb(own.get(), on_delivery_report);
    rd_kafka_conf_set_error_cb(own.get(), on_error);
    rd_kafka_conf_set_log_cb(own.get(), on_log);
    std::array<char, 512> why{};
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, own.get(), why.data(), why.size()));
    if (!handle_) throw TransientError(fmt::format("start the producer: {}", why.data()));
    static_cast<void>(own.release());  // owned by the producer now
}

void KafkaProducer::send(const KafkaMessage& message) {
    std::optional<DeliveryReport> report;
    enqueue(handle_.get(), message, report);
    // message.timeout.ms ends it: a report comes in any case.
    while (!report) rd_kafka_poll(handle_.get(), poll_ms);
    if (report->error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::string why = rd_kafka_err2str(report->error);
    if (!last_error_->empty()) why += fmt::format(" ({})", *last_error_);
    if (report->status == RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED) why += ", though it may have arrived";
    fail(report->error, why);
}

}  // namespace freshet::event
