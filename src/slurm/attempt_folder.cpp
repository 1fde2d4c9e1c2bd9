// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/attempt_folder.hpp"

#include "base/files.hpp"
#include "base/printable.hpp"
#include "freshet/digest.hpp"
#include "freshet/text.hpp"
#include "task/configured_values.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <span>

namespace freshet::slurm {

namespace {

namespace fs = std::filesystem;
using detail::ConfiguredValue;
using detail::ConfiguredValues;

constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t last_output_size = 1'000;

void make_private_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0) throw_system_error("make", folder, errno);
}

void write_private_file(const fs::path& path, std::string_view content, unsigned mode = 0600) {
    PendingFile file(path, mode);
    file.append(content);
    file.commit();
}

Json to_json(const ConfiguredValue& value) {
    return Json::Array{std::string(value.parameter->name), value.text, value.origin, value.section, value.error};
}

Json configuration_to_json(const Registry& registry) {
    Json families = Json::object();
    for (const auto& [family, values] : registry.configuration().values()) {
        Json& list = families[family] = Json::array();
        for (const ConfiguredValue& value : values) list.push_back(to_json(value));
    }
    return families;
}

struct NamedParameters {
    std::string_view name;
    std::span<const Parameter> parameters;
};

/// Those of a section that tasks read, or of a family.
NamedParameters named_parameters(const Registry& registry, std::string_view name) {
    for (const SectionType* section : registry.sections())
        if (section->name == name) return {section->name, section->parameters};
    const TaskType& type = registry.find(name);
    return {type.family, type.parameters};
}

Registry with_configuration(const Registry& registry, const Json& families) {
    auto configuration = std::make_shared<ConfiguredValues>();
    for (const auto& [family, list] : families.as_object()) {
        const auto [name, parameters] = named_parameters(registry, family);
        std::vector<ConfiguredValue> values;
        for (const Json& json : list.as_array()) {
            const Json::Array& texts = json.as_array();
            const auto parameter = std::ranges::find(parameters, texts.at(0).as_string(), &Parameter::name);
            if (parameter == parameters.end())
                throw Error(fmt::format("{} has no parameter '{}'", family, texts.at(0).as_string()));
            values.push_back({.parameter = &*parameter,
                              .text = texts.at(1).as_string(),
                              .origin = texts.at(2).as_string(),
                              .section = texts.at(3).as_string(),
                              .error = texts.at(4).as_string()});
        }
        configuration->add(name, std::move(values));
    }
    return registry.with(std::move(configuration));
}

std::string script_text(const std::vector<std::string>& command) {
    std::string text = "#!/bin/sh\nexec";
    for (const std::string& word : command) text += " " + shell_word(word);
    return text + " \"$@\"\n";
}

std::vector<fs::path> folders_in(const fs::path& parent) {
    std::vector<fs::path> folders;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(parent, missing))
        if (entry.is_directory(missing) && !entry.path().filename().native().starts_with('.'))
            folders.push_back(entry.path());
    return folders;
}

/// Withdraws the requests of a run; returns the tokens of its attempts.
std::set<std::string> withdraw_requests(const fs::path& run) {
    std::set<std::string> tokens;
    for (const fs::path& folder : folders_in(run)) {
        remove_tree(folder / "request");
        tokens.insert(folder.filename().native());
    }
    return tokens;
}

/// nullopt while its worker lives, or when others have removed it meanwhile.
std::optional<FileLock> lock_dead_run(const fs::path& run) {
    try {
        return FileLock::try_acquire(run / "lock");
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

void create_attempt_folder(const fs::path& folder, const worker::Attempt& attempt, const Registry& registry) {
    make_private_folder(folder);
    open_file(folder / "messages", O_WRONLY | O_CREAT, 0600);  // no node remembers that it is not there
    const Json request =
        Json::Object{{"attempt", process::to_json(attempt)}, {"configuration", configuration_to_json(registry)}};
    write_private_file(folder / "request", request.text());
}

std::optional<ClaimedRequest> claim_request(const fs::path& folder, const Registry& registry) {
    const fs::path claimed = folder / "claimed";
    if (::rename((folder / "request").c_str(), claimed.c_str()) != 0) {
        if (errno == ENOENT) return std::nullopt;
        throw_system_error("take", folder / "request", errno);
    }
    const Json request = Json::parse(read_file(claimed));
    return ClaimedRequest{request.at("attempt"), with_configuration(registry, request.at("configuration"))};
}

MessageWriter::MessageWriter(const fs::path& folder)
    : path_(folder / "messages"), file_(open_file(path_, O_WRONLY | O_APPEND)) {}

void MessageWriter::write(const worker::Message& message) {
    write_all(file_, process::encode_frame(process::to_json(message).text()), path_);
}

void MessageWriter::sync() {
    if (::fdatasync(file_.get()) != 0) throw_system_error("sync", path_, errno);
}

MessageReader::MessageReader(const fs::path& folder) : path_(folder / "messages") {}

void MessageReader::read(const std::function<bool()>& goes_on, const std::function<void(const std::string&)>& on_text) {
    const FileDescriptor file = open_file(path_, O_RDONLY);  // each time: it asks NFS for the size
    if (::lseek(file.get(), static_cast<off_t>(offset_), SEEK_SET) < 0) throw_system_error("read", path_, errno);
    std::string piece(piece_size, '\0');
    while (goes_on()) {
        const std::size_t count = read_some(file, piece.data(), piece.size(), path_);
        if (count == 0) return;
        offset_ += count;
        decoder_.append(std::string_view(piece).substr(0, count));
        while (const auto text = decoder_.next()) on_text(*text);
    }
}

std::string last_output(const fs::path& folder) {
    try {
        std::string text = read_file(folder / "output");
        if (text.size() > last_output_size) text.erase(0, text.size() - last_output_size);
        std::vector<std::string> lines = split_trimmed(text, '\n');
        std::erase(lines, "");
        return joined(lines, " / ");
    } catch (const Error&) {
        return {};  // it has not begun, or its node cannot write there
    }
}

RunFolder::RunFolder(const fs::path& parent, const std::vector<std::string>& command) {
    create_folders(parent);
    const std::string name = uuid4();
    const fs::path hidden = parent / ("." + name);  // until it is locked
    make_private_folder(hidden);
    lock_ = FileLock::acquire(hidden / "lock");
    write_private_file(hidden / "script", script_text(command), 0700);
    path_ = parent / name;
    fs::rename(hidden, path_);
}

RunFolder::~RunFolder() {
    try {
        leaves_jobs_ ? static_cast<void>(withdraw_requests(path_)) : remove_tree(path_);
    } catch (const std::exception&) {
        // The next run tries again.
    }
}

void collect_dead_runs(const fs::path& parent,
                       const std::function<void(const std::set<std::string>& tokens)>& cancel_jobs) {
    for (const fs::path& run : folders_in(parent)) {
        const auto lock = lock_dead_run(run);
        if (!lock) continue;
        cancel_jobs(withdraw_requests(run));
        remove_tree(run);
    }
}

}  // namespace freshet::slurm
