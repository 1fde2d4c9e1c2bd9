// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/receipt.hpp"

#include "base/files.hpp"
#include "base/json_view.hpp"
#include "base/time.hpp"
#include "freshet/digest.hpp"
#include "freshet/text.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace freshet::target {

namespace {

using std::filesystem::path;

constexpr std::uintmax_t small = 1 << 16;  // up to here reading at one go is faster than piece by piece

void add_content(Json::Object& json, const Content& content) {
    json.emplace_back("size", content.size);
    if (!content.sha256.empty()) json.emplace_back("sha256", content.sha256);
    if (!content.validator.empty()) json.emplace_back("validator", content.validator);
}

Content content_from_json(const Json& json) {
    const auto text = [&](std::string_view name) {
        const Json* found = json.find(name);
        return found ? found->as_string() : "";
    };
    return {.size = static_cast<std::uintmax_t>(json.at("size").as_integer()),
            .sha256 = text("sha256"),
            .validator = text("validator")};
}

Json to_json(const Input& input) {
    Json::Object json{{"task_id", input.task_id}, {"address", input.address}};
    if (input.content) add_content(json, *input.content);
    if (input.modified) json.emplace_back("modified", rfc3339(*input.modified));
    return json;
}

Input input_from_json(const Json& json) {
    Input input{json.at("task_id").as_string(), json.at("address").as_string()};
    if (json.find("size")) input.content = content_from_json(json);
    if (const Json* modified = json.find("modified")) input.modified = time_from_rfc3339(modified->as_string());
    return input;
}

Json to_json(const Values& values) {
    Json::Object json;
    for (const auto& [name, value] : values) json.emplace_back(name, value);
    return json;
}

Values values_from_json(const Json& json) {
    Values values;
    for (const auto& [name, value] : json.as_object()) values.emplace(name, value.as_string());
    return values;
}

template <class T>
Json to_json_array(const std::vector<T>& values) {
    Json::Array array;
    for (const T& value : values) array.push_back(to_json(value));
    return array;
}

Provenance provenance_from_json(const Json& json) {
    Provenance provenance{.family = json.at("family").as_string(),
                          .task_id = json.at("task_id").as_string(),
                          .parameters = values_from_json(json.at("parameters")),
                          .inputs = {},
                          .code_version = json.at("code_version").as_string(),
                          .attempt = static_cast<int>(json.at("attempt").as_integer()),
                          .run_id = json.at("run_id").as_string(),
                          .host = json.at("host").as_string(),
                          .started = time_from_rfc3339(json.at("started").as_string()),
                          .ended = time_from_rfc3339(json.at("ended").as_string())};
    for (const Json& input : json.at("inputs").as_array()) provenance.inputs.push_back(input_from_json(input));
    for (const Json& event : json.at("events").as_array()) provenance.events.push_back(event_from_json(event));
    if (const Json* metadata = json.find("notes")) provenance.metadata = *metadata;
    return provenance;
}

void write_synced(const path& name, std::string_view content) {
    const FileDescriptor file = open_file(name, O_WRONLY | O_CREAT | O_TRUNC);
    write_all(file, content, name);
    sync_file(file, name);
}

}  // namespace

Json to_json(const Receipt& receipt) {
    const Provenance& provenance = receipt.provenance;
    Json::Object json;
    add_content(json, receipt.content);
    json.emplace_back("family", provenance.family);
    json.emplace_back("task_id", provenance.task_id);
    json.emplace_back("parameters", to_json(provenance.parameters));
    json.emplace_back("inputs", to_json_array(provenance.inputs));
    json.emplace_back("code_version", provenance.code_version);
    json.emplace_back("attempt", provenance.attempt);
    json.emplace_back("run_id", provenance.run_id);
    json.emplace_back("host", provenance.host);
    json.emplace_back("started", rfc3339(provenance.started));
    json.emplace_back("ended", rfc3339(provenance.ended));
    json.emplace_back("events", to_json_array(provenance.events));
    if (!provenance.metadata.as_object().empty()) json.emplace_back("notes", provenance.metadata);
    return json;
}

Receipt receipt_from_json(const Json& json) { return {content_from_json(json), provenance_from_json(json)}; }

namespace {

/// Reads the receipt of `target` by `read`, whose errors then name it.
template <class Read>
auto with_name(const path& target, const Read& read) {
    try {
        return read();
    } catch (const Error& error) {
        throw Error(fmt::format("read receipt '{}': {}", receipt_path(normalized_path(target)).string(), error.what()));
    }
}

std::optional<std::string> receipt_text(const path& target) {
    const path receipt = receipt_path(normalized_path(target));
    const FileDescriptor file = open_if_exists(receipt, O_RDONLY);
    return file ? std::optional(read_to_end(file, receipt)) : std::nullopt;
}

std::optional<std::uintmax_t> size_of_regular_file(const path& name) {
    struct stat status;
    if (::stat(name.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return static_cast<std::uintmax_t>(status.st_size);
}

}  // namespace

std::uintmax_t size_of(const path& name) {
    if (const auto size = size_of_regular_file(name)) return *size;
    if (!is_folder(name)) return std::filesystem::file_size(name);
    std::uintmax_t size = 0;
    for (const path& file : files_below(name)) size += std::filesystem::file_size(name / file);
    return size;
}

Content content_of(const path& name) {
    const auto size = size_of_regular_file(name);
    if (size && *size <= small) return {*size, sha256(read_file(name))};
    return {size ? *size : size_of(name), sha256_of_file(name)};
}

std::optional<Json> receipt_json(const path& target) {
    const auto text = receipt_text(target);
    if (!text) return std::nullopt;
    return with_name(target, [&] { return Json::parse(*text); });
}

std::optional<Receipt> read_receipt(const path& target) {
    const auto json = receipt_json(target);
    if (!json) return std::nullopt;
    return with_name(target, [&] { return receipt_from_json(*json); });
}

std::optional<Content> read_recorded_content(const path& target) {
    const auto text = receipt_text(target);
    if (!text) return std::nullopt;
    return with_name(target, [&] {
        std::optional<std::int64_t> size;
        Content content;
        JsonView(trimmed(*text)).members([&](std::string_view name, const JsonView& value) {
            if (name == "size") size = value.integer();
            if (name == "sha256") content.sha256 = value.string();
            if (name == "validator") content.validator = value.string();
        });
        if (!size) throw Error("it has no size");
        content.size = static_cast<std::uintmax_t>(*size);
        return content;
    });
}

void stage_receipts(const std::vector<StagedOutput>& outputs, const Provenance& provenance) {
    for (const StagedOutput& output : outputs)
        write_synced(output.receipt, to_json(Receipt{content_of(output.temporary), provenance}).pretty());
}

}  // namespace freshet::target
