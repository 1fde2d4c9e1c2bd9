// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>
#include <vector>

struct rd_kafka_mock_cluster_s;

namespace freshet::test {

struct ReceivedMessage {
    int partition = 0;
    std::string key;
    std::string body;
    std::map<std::string, std::string> headers;
};

/// A Kafka cluster of one broker inside this process, which fails as it is told to.
class MockKafka {
public:
    explicit MockKafka(const std::string& topic, int partitions = 1);
    ~MockKafka();
    MockKafka(const MockKafka&) = delete;
    MockKafka& operator=(const MockKafka&) = delete;

    std::string brokers() const;
    /// The answers to the next messages sent; then they are accepted again.
    void fail_next(const std::vector<rd_kafka_resp_err_t>& errors);
    void go_down();
    void come_up();

    /// The first `count` messages of the topic, in their order within each partition.
    std::vector<ReceivedMessage> messages(std::size_t count) const;

private:
    std::string topic_;
    int partitions_;
    rd_kafka_t* owner_;
    rd_kafka_mock_cluster_s* cluster_;
};

}  // namespace freshet::test
