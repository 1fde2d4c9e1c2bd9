// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/sinks.hpp"

#include "event/sink_config.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <fmt/format.h>

namespace freshet::event {

namespace {

std::unique_ptr<Sink> make_file_sink(const Json& table) {
    return std::make_unique<FileSink>(SinkConfig{table, "file", {"path"}}.required_text("path"));
}

}  // namespace

void FileSink::deliver(const Event& event) {
    try {
        if (path_.has_parent_path()) create_folders(path_.parent_path());
        append_line(path_, to_json(event).text());
    } catch (const Error& error) {
        // A full disk or a missing permission will be mended some day: the event has to wait, not to be lost.
        throw TransientError(fmt::format("deliver event '{}' to {}: {}", event.id, name(), error.what()));
    }
}

std::string FileSink::name() const { return std::string(file_sink_prefix) + path_.native(); }

SinkType file_sink_type() { return {.type = "file", .make = make_file_sink}; }

}  // namespace freshet::event
