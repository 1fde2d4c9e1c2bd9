// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/kafka.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
#include "event/kafka_producer.hpp"
#include "event/sink_config.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <mutex>

namespace freshet {

namespace {

using event::KafkaConf;
using event::KafkaMessage;
using event::KafkaProducer;

/// CloudEvents' binary mode: attributes as headers, the data as body.
KafkaMessage to_message(const std::string& topic, const Event& event) {
    KafkaMessage message{.topic = topic,
                         .key = event.key,
                         .body = event.data.text(),  // also of null: no body at all would delete the key's history
                         .headers = {{"content-type", "application/json"},
                                     {"ce_specversion", "1.0"},
                                     {"ce_id", event.id},
                                     {"ce_source", event.source},
                                     {"ce_type", event.type},
                                     {"ce_time", rfc3339(event.time)}}};
    if (!event.subject.empty()) message.headers.emplace_back("ce_subject", event.subject);
    if (!event.traceparent.empty()) message.headers.emplace_back("ce_traceparent", event.traceparent);
    return message;
}

class KafkaSink final : public Sink {
public:
    KafkaSink(const std::string& brokers, std::string topic, KafkaConf conf)
        : topic_(std::move(topic)), name_(fmt::format("kafka {} {}", brokers, topic_)), conf_(std::move(conf)) {}

    void deliver(const Event& event) override {
        const std::lock_guard lock{mutex_};
        try {
            // Here and not at the start: a run that announces nothing starts no threads and meets no broker.
            if (!producer_) producer_ = std::make_unique<KafkaProducer>(*conf_);
            producer_->send(to_message(topic_, event));
        } catch (const Error& error) {
            producer_.reset();  // the next try begins without what broke this session, and without its growing pauses
            const auto message = fmt::format("deliver event '{}' to {}: {}", event.id, name_, error.what());
            if (dynamic_cast<const TransientError*>(&error)) throw TransientError(message);
            throw Error(message);
        }
    }

    std::string name() const override { return name_; }

private:
    std::string topic_;
    std::string name_;
    KafkaConf conf_;
    std::mutex mutex_;  // one message at a time keeps the order of a key
    std::unique_ptr<KafkaProducer> producer_;
};

/// Adds the "name=value" lines of a file, as librdkafka's and Java's tools write them.
void read_properties(const std::string& path, std::map<std::string, std::string>& properties) {
    int number = 0;
    for (const auto& text : split(read_file(path), '\n')) {
        ++number;
        const auto line = trimmed(text);
        if (line.empty() || line.starts_with('#')) continue;
        const auto equals = line.find('=');
        if (equals == line.npos) throw ParameterError(fmt::format("{}:{}: the line has no '='", path, number));
        properties[std::string{trimmed(line.substr(0, equals))}] = trimmed(line.substr(equals + 1));
    }
}

std::unique_ptr<Sink> make_kafka_sink(const Json& json) {
    const event::SinkConfig table{json, "kafka", {"brokers", "topic", "properties", "properties_file"}};
    const auto brokers = table.required_text("brokers");
    const auto topic = table.required_text("topic");
    auto properties = table.texts("properties");
    if (const auto file = table.text("properties_file")) read_properties(*file, properties);
    return std::make_unique<KafkaSink>(brokers, topic, event::kafka_conf(brokers, properties));
}

}  // namespace

SinkType kafka_sink_type() { return {.type = "kafka", .make = make_kafka_sink}; }

}  // namespace freshet
