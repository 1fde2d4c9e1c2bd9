// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/mock_kafka.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <stdexcept>

namespace freshet::test {

namespace {

constexpr std::int16_t produce_request = 0;  // its number in Kafka's protocol
constexpr std::int32_t broker = 1;
constexpr int patience_ms = 10'000;

void quiet(const rd_kafka_t*, int, const char*, const char*) {}

rd_kafka_t* make_client(rd_kafka_type_t type, const std::string& brokers) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, quiet);
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), nullptr, 0);
    if (type == RD_KAFKA_CONSUMER) {
        rd_kafka_conf_set(conf, "group.id", "test", nullptr, 0);
        rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", nullptr, 0);  // half a second otherwise
    }
    rd_kafka_t* client = rd_kafka_new(type, conf, nullptr, 0);
    if (client == nullptr) throw std::runtime_error("start a Kafka client failed");
    return client;
}

std::map<std::string, std::string> headers_of(const rd_kafka_message_t& message) {
    std::map<std::string, std::string> all;
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return all;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
        all[name] = std::string(static_cast<const char*>(value), size);
    }
    return all;
}

ReceivedMessage to_received(const rd_kafka_message_t& message) {
    return {.partition = message.partition,
            .key = std::string(static_cast<const char*>(message.key), message.key_len),
            .body = std::string(static_cast<const char*>(message.payload), message.len),
            .headers = headers_of(message)};
}

}  // namespace

MockKafka::MockKafka(const std::string& topic, int partitions)
    : topic_(topic),
      partitions_(partitions),
      owner_(make_client(RD_KAFKA_PRODUCER, "")),
      cluster_(rd_kafka_mock_cluster_new(owner_, 1)) {
    rd_kafka_mock_topic_create(cluster_, topic_.c_str(), partitions, 1);
}

MockKafka::~MockKafka() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
}

std::string MockKafka::brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

void MockKafka::fail_next(const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, produce_request, errors.size(), errors.data());
}

void MockKafka::go_down() { rd_kafka_mock_broker_set_down(cluster_, broker); }

void MockKafka::come_up() { rd_kafka_mock_broker_set_up(cluster_, broker); }

std::vector<ReceivedMessage> MockKafka::messages(std::size_t count) const {
    rd_kafka_t* consumer = make_client(RD_KAFKA_CONSUMER, brokers());
    rd_kafka_topic_partition_list_t* all = rd_kafka_topic_partition_list_new(partitions_);
    for (int i = 0; i < partitions_; ++i) {
        rd_kafka_topic_partition_list_add(all, topic_.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    rd_kafka_assign(consumer, all);
    rd_kafka_topic_partition_list_destroy(all);

    std::vector<ReceivedMessage> received;
    while (received.size() < count) {
        rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, patience_ms);
        if (message == nullptr) break;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) received.push_back(to_received(*message));
        rd_kafka_message_destroy(message);
    }
    rd_kafka_destroy(consumer);
    return received;
}

}  // namespace freshet::test
