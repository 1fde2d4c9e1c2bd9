// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/json.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

struct TomlFile;

using Environment = std::map<std::string, std::string>;

/// The environment of this process.
Environment process_environment();

/// An error in a configuration file or the environment, as opposed to the command line: it has its own exit status.
class ConfigError : public ParameterError {
public:
    using ParameterError::ParameterError;
};

/// The sources of the configuration besides the command line.
struct ConfigSources {
    std::string program;  ///< names the folders: /etc/<program>/config.toml; empty: only config_file is read
    std::optional<std::filesystem::path> config_file{};
    Environment environment{};
    std::filesystem::path system_folder = "/etc";
};

/// The origin of a value that was given as an option.
inline constexpr std::string_view command_line_origin = "command line";

/// A value in the text form of parameters, and its origin.
struct ConfigValue {
    std::string text;
    std::string origin;  ///< "/etc/gfs/config.toml:12", "environment FRESHET_INGESTCYCLE__ROOT"

    friend bool operator==(const ConfigValue&, const ConfigValue&) = default;
};

/// One of several tables of the same name: [[sink]].
struct ConfigTable {
    Json values;  ///< an object
    std::string origin;
};

/// The configuration: TOML files, then the environment; later sources win, key by key. Names ignore case, and '-' and
/// '.' equal '_', so that every name can be written in the environment. In the texts of files, ${NAME} stands for that
/// variable of the environment, and $${ for ${.
class Config {
public:
    /// Reads /etc/<program>/config.toml and $XDG_CONFIG_HOME/<program>/config.toml if they exist, then `config_file`,
    /// then FRESHET_SECTION__KEY. Throws ParameterError with file, line and column for invalid TOML, and for a file in
    /// which two names are equal.
    static Config load(const ConfigSources& sources);

    /// Throws ConfigError when the value names a variable that is not set.
    std::optional<ConfigValue> find(std::string_view section, std::string_view key) const;
    /// The origin of a value that is there.
    std::string origin(std::string_view section, std::string_view key) const;

    /// All sections with a key, as first written; "" for keys before the first section.
    std::vector<std::string> sections() const;
    /// The keys of a section, as first written; an environment variable does not rename a file's key.
    std::vector<std::string> keys(std::string_view section) const;

    /// The tables [[name]] of the last file that has any. Throws ConfigError as find().
    std::vector<ConfigTable> tables(std::string_view name) const;
    /// The names of all repeated tables, as written.
    std::vector<std::string> table_names() const;

private:
    struct Entry {
        std::string section;
        std::string key;
        ConfigValue value;
        bool is_of_file = false;
    };
    struct Tables {
        std::string name;
        std::vector<ConfigTable> tables;
    };

    void add(const TomlFile& file);
    void add(const Environment& environment);
    const Entry* find_entry(std::string_view section, std::string_view key) const;
    void set(Entry entry);

    // Keyed by normalized names; the values keep the names as written.
    std::map<std::pair<std::string, std::string>, Entry> entries_;
    std::map<std::string, Tables> tables_;
    Environment environment_;
};

}  // namespace freshet
