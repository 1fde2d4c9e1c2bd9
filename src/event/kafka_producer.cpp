// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/kafka_producer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace freshet::event {

namespace {

constexpr int poll_ms = 100;  // callbacks end a poll early: no delivery waits for it

/// What became of a message.
struct Report {
    rd_kafka_resp_err_t error;
    rd_kafka_msg_status_t status;
};

void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    *static_cast<std::optional<Report>*>(message->_private) =
        Report{.error = message->err, .status = rd_kafka_message_status(message)};
}

void on_error(rd_kafka_t*, int error, const char* reason, void* trouble) {
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;  // follows the error that says why
    *static_cast<std::string*>(trouble) = reason;
}

/// librdkafka would write to stderr; what went wrong is in the exception.
void on_log(const rd_kafka_t*, int, const char*, const char*) {}

KafkaHeaders to_headers(const KafkaMessage& message) {
    KafkaHeaders headers{rd_kafka_headers_new(message.headers.size())};
    for (const auto& [name, value] : message.headers) {
        rd_kafka_header_add(headers.get(), name.c_str(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    }
    return headers;
}

/// Hands the message over; its report will be put into `report`.
void enqueue(rd_kafka_t* producer, const KafkaMessage& message, std::optional<Report>& report) {
    KafkaHeaders headers = to_headers(message);
    const char* topic = message.topic.c_str();
    // A message without a key goes to any partition; an empty key would tie all of them to one.
    const void* key = message.key.empty() ? nullptr : message.key.data();
    const auto error = rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                         RD_KAFKA_V_KEY(key, message.key.size()),
                                         RD_KAFKA_V_VALUE(const_cast<char*>(message.body.data()), message.body.size()),
                                         RD_KAFKA_V_HEADERS(headers.get()),
                                         RD_KAFKA_V_OPAQUE(static_cast<void*>(&report)), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw Error(rd_kafka_err2str(error));
    static_cast<void>(headers.release());  // owned by the message now
}

}  // namespace

KafkaProducer::KafkaProducer(const rd_kafka_conf_t& conf) {
    KafkaConf own{rd_kafka_conf_dup(&conf)};
    rd_kafka_conf_set_opaque(own.get(), trouble_.get());
    rd_kafka_conf_set_dr_msg_cb(own.get(), on_report);
    rd_kafka_conf_set_error_cb(own.get(), on_error);
    rd_kafka_conf_set_log_cb(own.get(), on_log);
    std::array<char, 512> why{};
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, own.get(), why.data(), why.size()));
    if (!handle_) throw Error(fmt::format("start the producer: {}", why.data()));
    static_cast<void>(own.release());  // owned by the producer now
}

void KafkaProducer::send(const KafkaMessage& message) {
    std::optional<Report> report;
    enqueue(handle_.get(), message, report);
    // message.timeout.ms ends it: a report comes in any case.
    while (!report) rd_kafka_poll(handle_.get(), poll_ms);
    if (report->error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::string why = rd_kafka_err2str(report->error);
    if (!trouble_->empty()) why += fmt::format(" ({})", *trouble_);
    if (report->status == RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED) why += ", though it may have arrived";
    throw Error(why);
}

}  // namespace freshet::event
