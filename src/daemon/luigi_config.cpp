// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/luigi_config.hpp"

#include "base/config_section.hpp"
#include "base/files.hpp"
#include "base/toml.hpp"
#include "daemon/config_keys.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "notify/email_config.hpp"
#include "scheduler/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace freshet::daemon {

namespace {

constexpr std::array<std::string_view, 5> sections_read = {"scheduler", "resources", "cors", "email", "smtp"};

/// A line-by-line parser with the rules of Python's configparser: a line indented deeper than a key continues its
/// value.
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

constexpr int max_depth = 10;  // as in Python's configparser

[[noreturn]] void reject(const ConfigEntry& value, std::string_view why) {
    throw ParameterError(
        fmt::format("{}: [{}] {} is '{}': {}", value.origin, value.section, value.key, value.text, why));
}

/// Interpolation of a luigi.cfg: %(name)s is a value of the same section or of [DEFAULT], then ${NAME} an environment
/// variable.
class CfgInterpolation {
public:
    CfgInterpolation(const std::vector<ConfigEntry>& values, Environment environment);

    /// Returns the text with all references replaced. Throws ParameterError for an unknown one.
    std::string interpolate(const ConfigEntry& value) const;

private:
    std::string interpolate_values(const ConfigEntry& value, std::string_view text, int depth) const;
    std::string interpolate_environment(const ConfigEntry& value, std::string_view text) const;
    const std::string* find(const std::string& section, const std::string& key) const;

    std::map<std::pair<std::string, std::string>, std::string> texts_;  // by section and key
    Environment environment_;
};

CfgInterpolation::CfgInterpolation(const std::vector<ConfigEntry>& values, Environment environment)
    : environment_(std::move(environment)) {
    for (const ConfigEntry& value : values) texts_[{value.section, value.key}] = value.text;
}

std::string CfgInterpolation::interpolate(const ConfigEntry& value) const {
    return interpolate_environment(value, interpolate_values(value, value.text, 1));
}

std::string CfgInterpolation::interpolate_values(const ConfigEntry& value, std::string_view text, int depth) const {
    if (depth > max_depth) reject(value, "its references are recursive");
    std::string result;
    for (auto sign = text.find('%'); sign != text.npos; sign = text.find('%')) {
        result += text.substr(0, sign);
        text.remove_prefix(sign + 1);
        if (text.starts_with('%')) {
            result += '%';
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find(')');
        if (!text.starts_with('(') || end == text.npos || !text.substr(end + 1).starts_with('s'))
            reject(value, "'%' must be followed by '(name)s' or '%'");
        const std::string name(text.substr(1, end - 1));
        const std::string* replacement = find(value.section, name);
        if (!replacement) reject(value, fmt::format("there is no '{}' in [{}] or [DEFAULT]", name, value.section));
        result += replacement->find('%') == replacement->npos ? *replacement
                                                              : interpolate_values(value, *replacement, depth + 1);
        text.remove_prefix(end + 2);
    }
    return result += text;
}

std::string CfgInterpolation::interpolate_environment(const ConfigEntry& value, std::string_view text) const {
    std::string result;
    for (auto sign = text.find("${"); sign != text.npos; sign = text.find("${")) {
        const auto end = text.find('}', sign);
        if (end == text.npos) break;
        const std::string name(text.substr(sign + 2, end - sign - 2));
        const auto variable = environment_.find(name);
        if (!name.empty() && variable == environment_.end())
            reject(value, fmt::format("environment variable '{}' is not set", name));
        result += text.substr(0, sign);
        result += name.empty() ? "${}" : variable->second;
        text.remove_prefix(end + 1);
    }
    return result += text;
}

const std::string* CfgInterpolation::find(const std::string& section, const std::string& key) const {
    for (const std::string& candidate : {section, std::string("DEFAULT")})
        if (const auto found = texts_.find({candidate, key}); found != texts_.end()) return &found->second;
    return nullptr;
}

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

/// Returns the entries of [DEFAULT] that are keys of [scheduler], as entries of it.
std::vector<ConfigEntry> defaults_for_scheduler(const std::vector<ConfigEntry>& values) {
    std::vector<ConfigEntry> defaults;
    if (std::ranges::count(values, "scheduler", &ConfigEntry::section) == 0) return defaults;
    for (ConfigEntry value : values)
        if (std::exchange(value.section, "scheduler") == "DEFAULT" && is_key(value))
            defaults.push_back(std::move(value));
    return defaults;
}

/// Returns the last entry of each key, in order.
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

/// Returns the reason for ignoring an entry of [scheduler], [email] or [smtp]; nullopt when it is read.
std::optional<std::string> ignored_reason(const ConfigEntry& value) {
    if (value.section == "email" || value.section == "smtp") {
        if (std::ranges::count(notify::email_keys(value.section), normalized_key(value.key)) > 0) return std::nullopt;
        return "it is for the mails of Luigi's workers";
    }
    if (value.section != "scheduler") return std::nullopt;
    if (const auto instead = scheduler::replacement_of_key(value.key)) return std::string(*instead);
    if (is_key(value)) return std::nullopt;
    return "unknown key" + suggestion(normalized_key(value.key), scheduler::config_keys());
}

/// Returns all entries of a cfg file, with interpolated texts where the scheduler reads them. Luigi looks a key up with
/// underscores in the section, then in [DEFAULT], then likewise with dashes; the entry it finds first is put last.
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

/// Returns the reason for ignoring a section that only luigid reads, or one of ours in the wrong case, for Luigi
/// another.
std::optional<std::string> ignored_section_reason(const std::string& section) {
    if (const auto instead = scheduler::replacement_of_section(section)) return std::string(*instead);
    const bool is_mail = lower(section) == "email" || lower(section) == "smtp";  // [Email] may be a task's
    if (std::ranges::count(sections_read, lower(section)) > 0 && !is_mail)
        return fmt::format("did you mean [{}]?", lower(section));
    return std::nullopt;
}

/// Adds one notice for each ignored section that an operator may expect to have an effect.
void add_section_notice(const ConfigEntry& value, std::vector<std::string>& notices) {
    const auto instead = ignored_section_reason(value.section);
    if (!instead) return;
    const std::string prefix = fmt::format("[{}] is ignored", value.section);
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
                fmt::format("{}: [{}] {} is ignored: {}", value.origin, value.section, value.key, *why));
        else
            config.values.push_back(std::move(value));
    }
    return config;
}

}  // namespace freshet::daemon
