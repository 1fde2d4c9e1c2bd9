// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/requests.hpp"

#include <optional>
#include <string>
#include <vector>

/// Reads and writes single arguments with Python's leniency: null leaves the default, except for a bool, where every
/// empty value means false; true is 1; infinity is the largest number; fractions of integers are rounded up. Reading
/// throws ParameterError.
namespace freshet::rpc::json_fields {

void read(const Json& json, bool& value);
void read(const Json& json, double& value);
void read(const Json& json, std::int64_t& value);
void read(const Json& json, LeaseToken& value);
void read(const Json& json, std::string& value);
void read(const Json& json, Json& value);
void read(const Json& json, Json::Object& value);  ///< also from a list of pairs
void read(const Json& json, std::vector<std::string>& value);
void read(const Json& json, Resources& value);
void read(const Json& json, Parameters& value);
void read(const Json& json, Status& value);
void read(const Json& json, RetryPolicy& value);
void read(const Json& json, Failure& value);
void read(const Json& json, std::vector<Event>& value);

Json write(bool value);
Json write(double value);  ///< a whole number as an integer
Json write(std::int64_t value);
Json write(LeaseToken value);
Json write(const std::string& value);
Json write(const Json& value);
Json write(const Json::Object& value);
Json write(const std::vector<std::string>& value);
Json write(const Resources& value);
Json write(const Parameters& value);
Json write(Status value);
Json write(const RetryPolicy& value);
Json write(const Failure& value);
Json write(const std::vector<Event>& value);

template <class T>
void read(const Json& json, std::optional<T>& value) {
    if (json.is_null()) {
        value.reset();
        return;
    }
    T inner{};
    read(json, inner);
    value = std::move(inner);
}

template <class T>
Json write(const std::optional<T>& value) {
    return value ? write(*value) : Json();
}

}  // namespace freshet::rpc::json_fields
