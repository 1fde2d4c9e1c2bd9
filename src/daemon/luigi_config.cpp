// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/luigi_config.hpp"
#include "daemon/cfg_interpolation.hpp"

#include "base/config_section.hpp"
#include "base/files.hpp"
#include "base/toml.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "scheduler/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace freshet::daemon {

namespace {

constexpr std::array<std::string_view, 3> sections_read = {"scheduler", "resources", "cors"};

/// Reads line by line, as Python's configparser does: a line that is indented deeper than a key goes on with its value.
class CfgReader {
public:
    explicit CfgReader(const std::string& file) : file_(file) {}

    std::vector<ConfigEntry> read(std::string_view text) {
        for (const std::string& line : split(std::string(text), '\n')) {
            ++number_;
            const std::string_view content = trimmed(line);
            if (content.empty() || content.front() == '#' || content.front() == ';') continue;
            const auto indent = static_cast<std::size_t>(content.data() - line.data());
            if (may_continue_ && indent > indent_) {
                values_.back().text += fmt::format("\n{}", content);
                continue;
            }
            indent_ = indent;
            if (content.front() == '[')
                begin_section(content);
            else
                add_value(content);
        }
        return std::move(values_);
    }

private:
    void begin_section(std::string_view content) {
        const auto end = content.find(']');
        if (end == content.npos) reject(content);
        section_ = content.substr(1, end - 1);
        may_continue_ = false;
    }

    void add_value(std::string_view content) {
        const auto delimiter = content.find_first_of("=:");
        if (!section_ || delimiter == content.npos || delimiter == 0) reject(content);
        values_.push_back({.section = *section_,
                           .key = std::string(trimmed(content.substr(0, delimiter))),
                           .text = std::string(trimmed(content.substr(delimiter + 1))),
                           .origin = fmt::format("{}:{}", file_, number_)});
        may_continue_ = true;
    }

    [[noreturn]] void reject(std::string_view content) const {
        throw ParameterError(fmt::format("{}:{}: '{}' is neither [section] nor key=value", file_, number_, content));
    }

    const std::string& file_;
    std::size_t number_ = 0;
    std::optional<std::string> section_{};
    std::size_t indent_ = 0;  // of the last key or section
    bool may_continue_ = false;
    std::vector<ConfigEntry> values_{};
};

bool is_read(const ConfigEntry& value) { return std::ranges::count(sections_read, value.section) > 0; }

std::vector<ConfigEntry> toml_values(const std::filesystem::path& file) {
    std::vector<ConfigEntry> values;
    for (TomlValue& value : read_toml(file).values)
        values.push_back({.section = std::move(value.section),
                          .key = std::move(value.key),
                          .text = std::move(value.text),
                          .origin = std::move(value.origin)});
    return values;
}

bool is_key(const ConfigEntry& value) {
    return std::ranges::count(scheduler::config_keys(), normalized_key(value.key)) > 0;
}

bool is_spelled_with_dashes(const ConfigEntry& value) {
    return value.section != "resources" && value.key.find('-') != value.key.npos;
}

/// What [DEFAULT] says to the scheduler.
std::vector<ConfigEntry> defaults_for_scheduler(const std::vector<ConfigEntry>& values) {
    std::vector<ConfigEntry> defaults;
    if (std::ranges::count(values, "scheduler", &ConfigEntry::section) == 0) return defaults;
    for (ConfigEntry value : values)
        if (std::exchange(value.section, "scheduler") == "DEFAULT" && is_key(value))
            defaults.push_back(std::move(value));
    return defaults;
}

/// Of several values of one key the last one.
std::vector<ConfigEntry> last_of_each_key(std::vector<ConfigEntry> values) {
    std::vector<ConfigEntry> last;
    for (auto value = values.rbegin(); value != values.rend(); ++value) {
        const auto is_of_same_key = [&](const ConfigEntry& later) {
            const bool is_same = value->section == "resources"
                                     ? later.key == value->key
                                     : normalized_key(later.key) == normalized_key(value->key);
            return is_same && later.section == value->section;
        };
        if (std::ranges::none_of(last, is_of_same_key)) last.push_back(std::move(*value));
    }
    std::ranges::reverse(last);
    return last;
}

/// Why a value of [scheduler] is left out, if it is.
std::optional<std::string> ignored_reason(const ConfigEntry& value) {
    if (value.section != "scheduler") return std::nullopt;
    if (const auto instead = scheduler::replacement_of_key(value.key)) return std::string(*instead);
    if (is_key(value)) return std::nullopt;
    return "there is no such key" + suggestion(normalized_key(value.key), scheduler::config_keys());
}

/// All values of a cfg file, those with their final text that a scheduler reads. Luigi asks for a key with underscores
/// in the section, then in [DEFAULT], and then so for one with dashes: what it finds first comes last.
std::vector<ConfigEntry> cfg_values(const std::filesystem::path& file, const Environment& environment) {
    std::vector<ConfigEntry> values = parse_cfg(read_file(file), file.string());
    const CfgInterpolation interpolation(values, environment);
    const auto defaults = defaults_for_scheduler(values);
    values.insert(values.begin(), defaults.begin(), defaults.end());
    std::ranges::stable_partition(values, is_spelled_with_dashes);
    values = last_of_each_key(std::move(values));
    for (ConfigEntry& value : values)
        if (is_read(value) && !ignored_reason(value)) value.text = interpolation.interpolate(value);
    return values;
}

/// Of a section that only luigid reads, or one of ours in other letters, which Luigi takes for another.
std::optional<std::string> ignored_section_reason(const std::string& section) {
    if (const auto instead = scheduler::replacement_of_section(section)) return std::string(*instead);
    if (std::ranges::count(sections_read, lower(section)) > 0) return fmt::format("did you mean [{}]?", lower(section));
    return std::nullopt;
}

/// Where somebody may expect that `value` is heeded: a sentence, once for each section.
void add_section_notice(const ConfigEntry& value, std::vector<std::string>& notices) {
    const auto instead = ignored_section_reason(value.section);
    if (!instead) return;
    const std::string prefix = fmt::format("[{}] is not read", value.section);
    const auto is_known = [&](const std::string& notice) { return notice.find(prefix) != notice.npos; };
    if (std::ranges::none_of(notices, is_known))
        notices.push_back(fmt::format("{}: {}: {}", value.origin, prefix, *instead));
}

}  // namespace

std::vector<ConfigEntry> parse_cfg(std::string_view text, const std::string& file) {
    return CfgReader(file).read(text);
}

LuigiConfig read_luigi_config(const std::filesystem::path& file, const Environment& environment) {
    LuigiConfig config;
    for (ConfigEntry& value : file.extension() == ".toml" ? toml_values(file) : cfg_values(file, environment)) {
        if (!is_read(value))
            add_section_notice(value, config.notices);
        else if (const auto why = ignored_reason(value))
            config.notices.push_back(
                fmt::format("{}: [{}] {} is left out: {}", value.origin, value.section, value.key, *why));
        else
            config.values.push_back(std::move(value));
    }
    return config;
}

}  // namespace freshet::daemon
