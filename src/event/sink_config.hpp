// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::event {

/// Reads a table of the configuration that describes a sink. Throws ParameterError, in the user's words and without any
/// value, for a key that is unknown, missing or of the wrong kind.
class SinkConfig {
public:
    /// `keys`: those the sink understands, besides "type".
    SinkConfig(const Json& table, std::string type, std::vector<std::string> keys, std::string table_name = "sink");

    std::optional<std::string> text(std::string_view key) const;
    std::string required_text(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;
    /// A list of texts, or one text with commas; empty where there is none.
    std::vector<std::string> list(std::string_view key) const;
    /// A table of names and texts, empty where there is none; numbers and booleans as their text.
    std::map<std::string, std::string> texts(std::string_view key) const;

    [[noreturn]] void reject(const std::string& why) const;

private:
    const Json& table_;
    std::string type_;
    std::string table_name_;
};

/// Returns "https://host/…": the path of a chat's webhook is its password.
std::string shown_address(const std::string& url);

/// Returns a line for each key of a table, for people, without what may be secret.
std::string shown_table(const Json& table);

}  // namespace freshet::event
