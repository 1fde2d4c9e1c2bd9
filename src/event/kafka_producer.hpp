// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace freshet::event {

template <auto release>
struct KafkaReleaser {
    template <typename Handle>
    void operator()(Handle* handle) const {
        release(handle);
    }
};
using KafkaConf = std::unique_ptr<rd_kafka_conf_t, KafkaReleaser<rd_kafka_conf_destroy>>;
using KafkaHandle = std::unique_ptr<rd_kafka_t, KafkaReleaser<rd_kafka_destroy>>;
using KafkaError = std::unique_ptr<rd_kafka_error_t, KafkaReleaser<rd_kafka_error_destroy>>;

/// A message; an empty key means none.
struct KafkaMessage {
    std::string topic;
    std::string key;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// librdkafka's configuration for an idempotent producer, with the user's properties on top. Throws ParameterError,
/// never showing a value, for a property that is unknown, refuses its value, or would break the promise of delivery.
KafkaConf kafka_conf(const std::string& brokers, const std::map<std::string, std::string>& properties);

/// A session with the brokers.
class KafkaProducer {
public:
    /// Starts threads; throws TransientError when librdkafka does not accept the whole configuration.
    explicit KafkaProducer(const rd_kafka_conf_t& conf);

    /// Returns once the brokers have acknowledged the message. Throws Error with the reason when it is too large or
    /// their rules forbid it, TransientError when they did not acknowledge it for another one.
    void send(const KafkaMessage& message);

private:
    /// librdkafka's last connection error, the cause of a time-out.
    std::unique_ptr<std::string> last_error_ = std::make_unique<std::string>();
    KafkaHandle handle_;
};

}  // namespace freshet::event
