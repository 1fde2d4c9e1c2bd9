// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace freshet {

/// A JSON value. Objects keep the order of their members. Infinity and NaN are accepted and written, as Python does.
class Json {
public:
    /// The elements of an array.
    using Array = std::vector<Json>;
    /// The name and the value of a member of an object.
    using Member = std::pair<std::string, Json>;
    /// The members of an object, in their order.
    using Object = std::vector<Member>;

    // Not inline: Json is everywhere, and its variant would be compiled in each file.
    Json();  ///< null
    Json(std::nullptr_t);
    Json(bool value);
    Json(std::int64_t value);
    template <std::integral T>
    Json(T value) : Json(static_cast<std::int64_t>(value)) {}
    Json(double value);
    Json(std::string value);
    Json(std::string_view value);
    Json(const char* value);
    Json(Array value);
    Json(Object value);
    Json(const Json&);
    Json(Json&&) noexcept;
    Json& operator=(const Json&);
    Json& operator=(Json&&) noexcept;
    ~Json();

    /// []
    static Json array() { return Array{}; }
    /// {}
    static Json object() { return Object{}; }

    /// Throws Error, with the offset, when `text` is not one JSON value or is nested more than 100 deep.
    static Json parse(std::string_view text);

    /// On one line, without spaces, UTF-8 as it is.
    std::string text() const;
    /// As Python's json.dumps writes it by default: ", " and ": " between, ASCII only.
    std::string python_text() const;
    /// Indented by two spaces, for files that people read; ends with a newline.
    std::string pretty() const;

    /// True when the value is of that kind.
    ///@{
    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }
    ///@}

    /// Throws Error when the value is of another kind. Of a temporary, returns no reference, which would outlive it:
    /// `for (const Json& item : Json::parse(text).at("items").as_array())` is safe.
    ///@{
    bool as_bool() const;
    std::int64_t as_integer() const;
    double as_number() const;
    const std::string& as_string() const&;
    const Array& as_array() const&;
    const Object& as_object() const&;
    std::string as_string() &&;
    Array as_array() &&;
    Object as_object() &&;
    ///@}

    /// The member of an object, or nullptr when there is none.
    const Json* find(std::string_view name) const&;
    const Json* find(std::string_view name) && = delete;
    /// The member of an object; throws Error when there is none.
    const Json& at(std::string_view name) const&;
    /// The same of a temporary, which returns no reference.
    Json at(std::string_view name) &&;
    /// The member of an object, made null when there is none; null itself becomes an empty object.
    Json& operator[](std::string_view name);
    /// Appends to an array; null becomes an empty one.
    void push_back(Json value);

    friend bool operator==(const Json& a, const Json& b);

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace freshet
