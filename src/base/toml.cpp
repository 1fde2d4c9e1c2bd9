// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/toml.hpp"

#include "base/files.hpp"
#include "base/json_write.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <sstream>
#include <string_view>
#include <type_traits>

namespace freshet {

namespace {

/// Formats dates and times as TOML does.
template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

Json to_json(const toml::node& node);

Json to_json(const toml::array& array) {
    Json result = Json::array();
    for (const auto& element : array) result.push_back(to_json(element));
    return result;
}

Json to_json(const toml::table& table) {
    Json result = Json::object();
    for (const auto& [key, value] : table) result[key.str()] = to_json(value);
    return result;
}

Json to_json(const toml::node& node) {
    return node.visit([](const auto& value) -> Json {
        using T = std::decay_t<decltype(value)>;
        if constexpr (toml::is_table<T> || toml::is_array<T>)
            return to_json(value);
        else if constexpr (toml::is_date<T> || toml::is_time<T> || toml::is_date_time<T>)
            return printed(value.get());
        else
            return value.get();
    });
}

std::string parameter_text(const toml::node& node) {
    const Json value = to_json(node);
    if (value.is_string()) return value.as_string();
    if (value.is_bool()) return value.as_bool() ? "True" : "False";
    if (value.is_number() && !value.is_integer()) return python_float(value.as_number());
    return value.python_text();
}

/// The parser's message in lower case: "error while parsing value: ..."
std::string reason(const toml::parse_error& error) {
    std::string text(error.description());
    if (text.starts_with('E')) text[0] = 'e';
    return text;
}

/// Sorts the nodes of a file into values and repeated tables.
class TomlReader {
public:
    explicit TomlReader(std::string file) : file_(std::move(file)) {}

    TomlFile read(const toml::table& root) {
        read_section("", root);
        return std::move(result_);
    }

private:
    void read_section(const std::string& section, const toml::table& table) {
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            const std::string path = section.empty() ? name : fmt::format("{}.{}", section, name);
            const toml::table* inner = node.as_table();
            const toml::array* array = node.as_array();
            if (inner && !inner->is_inline())
                read_section(path, *inner);
            else if (array && is_array_of_sections(*array))
                read_tables(path, *array);
            else
                result_.values.push_back({section, name, parameter_text(node), origin(key.source())});
        }
    }

    /// [[name]], and not name = [{...}].
    static bool is_array_of_sections(const toml::array& array) {
        return array.is_array_of_tables() && !array.front().as_table()->is_inline();
    }

    void read_tables(const std::string& name, const toml::array& array) {
        for (const auto& table : array) result_.tables[name].push_back({to_json(table), origin(table.source())});
    }

    std::string origin(const toml::source_region& place) const { return fmt::format("{}:{}", file_, place.begin.line); }

    std::string file_;
    TomlFile result_;
};

}  // namespace

TomlFile read_toml(const std::filesystem::path& path) {
    const std::string content = read_file(path);
    try {
        return TomlReader(path.string()).read(toml::parse(content));
    } catch (const toml::parse_error& error) {
        throw ParameterError(fmt::format("read configuration '{}': line {}, column {}: {}", path.string(),
                                         error.source().begin.line, error.source().begin.column, reason(error)));
    }
}

}  // namespace freshet
