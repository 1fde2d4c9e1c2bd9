// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace freshet {

/// A value inside JSON text that is taken apart only as far as somebody asks: for a million records of which each is
/// read once, where Json::parse() would build them all first. Must not outlive the text. Each throws Error where the
/// text is not JSON or the value is of another kind; of what nobody asks for only brackets and quotes are looked at.
class JsonView {
public:
    explicit JsonView(std::string_view text) : text_(text) {}

    std::string_view text() const { return text_; }
    std::int64_t integer() const;
    double number() const;
    bool boolean() const;
    std::string string() const;
    Json value() const { return Json::parse(text_); }

    /// Calls `visit` for each member of an object, in order. Names are as they stand between the quotes.
    template <class Visit>
    void members(Visit&& visit) const {
        for (std::string_view rest = inside('{', '}'); !rest.empty();) {
            const JsonView name = take(rest, ':');
            visit(name.quoted(), take(rest, ','));
        }
    }

    /// Calls `visit` for each element of an array, in order.
    template <class Visit>
    void elements(Visit&& visit) const {
        for (std::string_view rest = inside('[', ']'); !rest.empty();) visit(take(rest, ','));
    }

    static std::string unescaped(std::string_view name);

private:
    std::string_view inside(char open, char close) const;
    static JsonView take(std::string_view& rest, char end);
    std::string_view quoted() const;
    [[noreturn]] void fail(std::string_view wanted) const;

    std::string_view text_;
};

/// Appends `text` to JSON as a string, as Json::text() writes it.
void append_json_string(std::string& json, std::string_view text);

}  // namespace freshet
