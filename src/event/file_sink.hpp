// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"

#include <filesystem>

namespace freshet::event {

/// Appends each event to a file as one line of JSON, on the disk when deliver() returns. Several processes may append
/// to one file; a line torn by a crash is ended before the next one.
class FileSink final : public Sink {
public:
    explicit FileSink(std::filesystem::path path) : path_(std::move(path)) {}

    void deliver(const Event& event) override;
    std::string name() const override;

private:
    std::filesystem::path path_;
};

/// [[sink]] type = "file", path = "/data/events.jsonl"
SinkType file_sink_type();

}  // namespace freshet::event
