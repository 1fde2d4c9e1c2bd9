// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"

namespace freshet {

/// Kafka as a sink, for Program::sinks. A library of its own (freshet::kafka): who does not want Kafka does not load
/// it.
///
///     [[sink]]
///     type = "kafka"
///     brokers = "broker1:9092,broker2:9092"
///     topic = "gfs.cycles"
///     properties = { "security.protocol" = "SSL" }         # any of librdkafka's
///     properties_file = "/run/secrets/kafka.properties"    # "name=value" lines: the place for passwords
///
/// Events are sent in CloudEvents' binary mode (headers ce_id, ce_type, ...) by an idempotent producer with acks=all.
/// An event that is not acknowledged within message.timeout.ms (5 s) is a TransientError.
SinkType kafka_sink_type();

}  // namespace freshet
