// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "freshet/json.hpp"
#include "store/history.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Values that the JSON of the views shares, as components.hpp has those of the pages. What there is not is null.
namespace freshet::dashboard {

/// ISO 8601 in UTC with milliseconds.
Json json_of(Time time);
/// Seconds.
Json json_of(Time::duration duration);
/// Null for infinity and NaN, which JSON does not have.
Json json_of(double number);
Json json_of(const TaskRef& task);
/// Without its task.
Json json_of(const store::AttemptRow& attempt);
Json json_with_task(const store::AttemptRow& attempt, const TaskNames& names);
/// The tasks in each state, by its text; without states that have none.
Json json_of(const StatusCounts& counts);
inline Json json_of(std::string text) { return text; }

template <class T>
Json json_of(const std::optional<T>& value) {
    return value ? json_of(*value) : Json();
}

/// Null for an empty text.
inline Json json_or_null(std::string text) { return text.empty() ? Json() : Json(std::move(text)); }

/// The elements, each made JSON by `make`.
template <class T, class Make>
Json json_array(const std::vector<T>& items, Make make) {
    Json::Array array;
    for (const T& item : items) array.push_back(make(item));
    return array;
}

/// The first elements, and how many there are.
template <class T, class Make>
Json json_of(const TruncatedList<T>& list, Make make) {
    return Json::Object{{"items", json_array(list.items, make)}, {"total", list.total}};
}

}  // namespace freshet::dashboard
