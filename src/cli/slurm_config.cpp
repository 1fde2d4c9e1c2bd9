// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/slurm_config.hpp"

#include "freshet/codec.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

namespace freshet::cli {

namespace {

std::chrono::milliseconds read_interval(const std::string& text) {
    using namespace std::chrono;
    const duration<double> interval(Codec<double>::read(text));
    if (interval >= milliseconds(10) && interval <= hours(1)) return duration_cast<milliseconds>(interval);
    throw ParameterError(fmt::format("'{}' is not between 0.01 and 3600 seconds", text));
}

/// A key of the section [slurm].
struct SlurmKey {
    std::string_view name;
    void (*set)(SlurmOptions& options, const std::string& text);
};

/// Sets a member of the options if it has its default.
template <auto member, auto read>
void set_if_default(SlurmOptions& options, const std::string& text) {
    auto value = read(text);  // checked in any case
    if (options.*member == SlurmOptions{}.*member) options.*member = std::move(value);
}

std::string read_text(const std::string& text) { return text; }
std::vector<std::string> read_texts(const std::string& text) { return Codec<std::vector<std::string>>::read(text); }
std::filesystem::path read_folder(const std::string& text) {
    if (text.empty()) throw ParameterError("'' is not a folder");
    return text;
}

constexpr SlurmKey slurm_table[] = {
    {"folder", set_if_default<&SlurmOptions::folder, read_folder>},
    {"partition", set_if_default<&SlurmOptions::partition, read_text>},
    {"account", set_if_default<&SlurmOptions::account, read_text>},
    {"arguments", set_if_default<&SlurmOptions::arguments, read_texts>},
    {"folder-interval", set_if_default<&SlurmOptions::folder_interval, read_interval>},
    {"queue-interval", set_if_default<&SlurmOptions::queue_interval, read_interval>},
};

}  // namespace

std::vector<std::string> slurm_keys() {
    std::vector<std::string> names;
    for (const SlurmKey& key : slurm_table) names.emplace_back(key.name);
    return names;
}

SlurmOptions read_slurm(const Config& config, SlurmOptions options) {
    for (const SlurmKey& key : slurm_table) {
        const auto given = config.find("slurm", key.name);
        if (!given) continue;
        try {
            key.set(options, given->text);
        } catch (const ParameterError& error) {
            throw ConfigError(fmt::format("{}: [slurm] {}: {}", given->origin, key.name, error.what()));
        }
    }
    return options;
}

}  // namespace freshet::cli
