// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/cors_keys.hpp"

#include "base/text.hpp"
#include "freshet/codec.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace freshet::daemon {

namespace {

using api::Cors;

struct Key {
    std::string_view name;
    std::variant<bool Cors::*, std::int64_t Cors::*, std::string Cors::*, std::vector<std::string> Cors::*> member;
};

constexpr Key keys[] = {
    {"enabled", &Cors::enabled},
    {"allowed_origins", &Cors::allowed_origins},
    {"allow_any_origin", &Cors::allow_any_origin},
    {"allow_null_origin", &Cors::allow_null_origin},
    {"max_age", &Cors::max_age},
    {"allowed_methods", &Cors::allowed_methods},
    {"allowed_headers", &Cors::allowed_headers},
    {"exposed_headers", &Cors::exposed_headers},
    {"allow_credentials", &Cors::allow_credentials},
};

/// A list in JSON, as Luigi's configuration has it.
std::vector<std::string> read_list(std::string_view text) {
    std::vector<std::string> list;
    try {
        const Json json = Json::parse(text);
        for (const Json& element : json.as_array()) list.push_back(element.as_string());
    } catch (const Error&) {
        throw ParameterError(fmt::format("'{}' is not a list like [\"https://page.example\"]", text));
    }
    return list;
}

struct Reader {
    Cors& cors;
    std::string_view text;

    void operator()(bool Cors::*member) const { cors.*member = Codec<bool>::read(text); }
    void operator()(std::int64_t Cors::*member) const { cors.*member = Codec<std::int64_t>::read(text); }
    void operator()(std::string Cors::*member) const { cors.*member = text; }
    void operator()(std::vector<std::string> Cors::*member) const { cors.*member = read_list(text); }
};

}  // namespace

void set_cors_key(Cors& cors, std::string_view key, std::string_view text) {
    std::string name = lower(key);
    std::ranges::replace(name, '-', '_');
    const auto found = std::ranges::find(keys, name, &Key::name);
    std::vector<std::string> names;
    for (const Key& known : keys) names.emplace_back(known.name);
    if (found == std::end(keys))
        throw ParameterError(fmt::format("[cors] has no key '{}'{}", key, suggestion(name, names)));
    try {
        std::visit(Reader{cors, text}, found->member);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[cors] {}: {}", name, error.what()));
    }
}

}  // namespace freshet::daemon
