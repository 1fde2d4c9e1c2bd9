// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/kafka_producer.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <array>

namespace freshet::event {

namespace {

using Properties = std::map<std::string, std::string>;

/// Ours, which the user may overrule.
const Properties defaults{
    {"client.id", "freshet"},
    {"linger.ms", "0"},                 // each message is awaited: there are no others to wait for
    {"message.timeout.ms", "5000"},     // well below the 10 s that containers get to stop; the event is repeated anyway
    {"partitioner", "murmur2_random"},  // as Java's clients do, so that one key has one partition for all
};

/// Without these an acknowledged event could be lost, doubled by the producer itself, or overtaken.
const Properties enforced{{"enable.idempotence", "true"}, {"acks", "all"}};

struct ForbiddenProperty {
    std::string_view property;
    std::string_view why;
};

constexpr std::array<ForbiddenProperty, 6> forbidden_properties{{
    {"bootstrap.servers", "the key 'brokers' says it"},
    {"metadata.broker.list", "the key 'brokers' says it"},
    {"enable.idempotence", "it is always true"},
    {"acks", "it is always 'all'"},
    {"request.required.acks", "it is always 'all'"},
    {"transactional.id", "events are not sent in transactions"},
}};

std::vector<std::string> known_properties(rd_kafka_conf_t* conf) {
    std::size_t count = 0;
    const char** dump = rd_kafka_conf_dump(conf, &count);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; i += 2) names.emplace_back(dump[i]);
    rd_kafka_conf_dump_free(dump, count);
    return names;
}

void set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
    std::array<char, 512> ignored{};  // it can hold the value
    switch (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), ignored.data(), ignored.size())) {
        case RD_KAFKA_CONF_OK:
            return;
        case RD_KAFKA_CONF_UNKNOWN:
            throw ParameterError(
                fmt::format("kafka: unknown property '{}'{}", name, suggestion(name, known_properties(conf))));
        case RD_KAFKA_CONF_INVALID:
            throw ParameterError(fmt::format("kafka: the property '{}' does not take the value given", name));
    }
}

void check(const std::string& name, const std::string& value) {
    for (const auto& forbidden : forbidden_properties) {
        if (name == forbidden.property) {
            throw ParameterError(fmt::format("kafka: the property '{}' cannot be set: {}", name, forbidden.why));
        }
    }
    if (name == "message.timeout.ms" && value == "0") {
        throw ParameterError("kafka: the property 'message.timeout.ms' cannot be 0: a try must end some time");
    }
}

}  // namespace

KafkaConf kafka_conf(const std::string& brokers, const Properties& properties) {
    KafkaConf conf{rd_kafka_conf_new()};
    set(conf.get(), "bootstrap.servers", brokers);
    for (const auto& [name, value] : defaults) set(conf.get(), name, value);
    for (const auto& [name, value] : properties) {
        check(name, value);
        set(conf.get(), name, value);
    }
    for (const auto& [name, value] : enforced) set(conf.get(), name, value);
    return conf;
}

}  // namespace freshet::event
