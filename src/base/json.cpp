// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freshet {

namespace {

constexpr std::array<std::string_view, 7> kinds{"null",     "a boolean", "an integer", "a number",
                                                "a string", "an array",  "an object"};

template <class T, class Variant>
const T& get(const Variant& value, std::string_view wanted) {
    if (const T* found = std::get_if<T>(&value)) return *found;
    throw Error(fmt::format("read JSON: found {} where {} was expected", kinds[value.index()], wanted));
}

}  // namespace

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(bool value) : value_(value) {}
Json::Json(std::int64_t value) : value_(value) {}
Json::Json(double value) : value_(value) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(Object value) : value_(std::move(value)) {}
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }

bool Json::as_bool() const { return get<bool>(value_, "a boolean"); }
std::int64_t Json::as_integer() const { return get<std::int64_t>(value_, "an integer"); }
double Json::as_number() const {
    return is_integer() ? static_cast<double>(as_integer()) : get<double>(value_, "a number");
}
const std::string& Json::as_string() const& { return get<std::string>(value_, "a string"); }
const Json::Array& Json::as_array() const& { return get<Array>(value_, "an array"); }
const Json::Object& Json::as_object() const& { return get<Object>(value_, "an object"); }
// Theirs is a temporary's value, which is not const.
std::string Json::as_string() && { return std::move(const_cast<std::string&>(as_string())); }
Json::Array Json::as_array() && { return std::move(const_cast<Array&>(as_array())); }
Json::Object Json::as_object() && { return std::move(const_cast<Object&>(as_object())); }

const Json* Json::find(std::string_view name) const& {
    const Object& members = as_object();
    // From the end: of repeated names the last one counts, as in Python.
    const auto found = std::find_if(members.rbegin(), members.rend(), [&](const Member& m) { return m.first == name; });
    return found == members.rend() ? nullptr : &found->second;
}

const Json& Json::at(std::string_view name) const& {
    if (const Json* found = find(name)) return *found;
    throw Error(fmt::format("read JSON: there is no member '{}'", name));
}

Json Json::at(std::string_view name) && { return std::move(const_cast<Json&>(at(name))); }

Json& Json::operator[](std::string_view name) {
    if (is_null()) value_ = Object{};
    if (const Json* found = find(name)) return const_cast<Json&>(*found);  // ours, and we are not const
    return std::get<Object>(value_).emplace_back(name, Json()).second;
}

void Json::push_back(Json value) {
    if (is_null()) value_ = Array{};
    as_array();  // refuses other kinds
    std::get<Array>(value_).push_back(std::move(value));
}

}  // namespace freshet
