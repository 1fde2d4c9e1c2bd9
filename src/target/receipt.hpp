// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/event.hpp"
#include "freshet/json.hpp"
#include "freshet/parameter.hpp"
#include "freshet/task.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::target {

/// An output that is complete and synced, but not yet published.
struct StagedOutput {
    std::filesystem::path target;     ///< final path; absolute
    std::filesystem::path temporary;  ///< current path, in the same folder or in a temporary one there
    std::filesystem::path receipt;    ///< path of its staged receipt

    /// True when the task wrote the target itself: publishing it adds its receipt.
    bool is_in_place() const { return temporary == target; }

    friend bool operator==(const StagedOutput&, const StagedOutput&) = default;
};

using freshet::Content;

/// An output of a required task at the time of its use.
struct Input {
    std::string task_id;
    std::string address;
    /// From its receipt, if it has one, else from its server; without digest for a large file; nullopt: it changed
    /// while it was used, or is of a class that has neither.
    std::optional<Content> content{};
    std::optional<Time> modified{};  ///< modification time of a file, in milliseconds

    friend bool operator==(const Input&, const Input&) = default;
};

/// The attempt that made an output.
struct Provenance {
    std::string family;
    std::string task_id;
    Values parameters{};  ///< in text form, without the secret ones
    std::vector<Input> inputs{};
    std::string code_version{};
    int attempt = 1;
    std::string run_id{};
    std::string host{};
    Time started{};
    Time ended{};
    std::vector<Event>
        events{};  ///< emitted by the attempt, kept so that an event lost in a crash is repeated with its id

    Json metadata = Json::object();  ///< added by Context::add_metadata()

    friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// The record beside an output: its content and provenance; a file's in `.freshet/`.
struct Receipt {
    Content content;
    Provenance provenance;

    friend bool operator==(const Receipt&, const Receipt&) = default;
};

Json to_json(const Receipt& receipt);
/// Throws Error when a field is missing or of the wrong kind.
Receipt receipt_from_json(const Json& json);

/// The bytes of a file, or of all files of a folder.
std::uintmax_t size_of(const std::filesystem::path& path);
/// Reads a file, or all files of a folder, once.
Content content_of(const std::filesystem::path& path);

/// Reads the receipt of the output at `target`; nullopt without one. Each throws Error, naming the file, when it is
/// invalid.
std::optional<Json> receipt_json(const std::filesystem::path& target);
std::optional<Receipt> read_receipt(const std::filesystem::path& target);
/// The same of its content alone, without looking at the rest.
std::optional<Content> read_recorded_content(const std::filesystem::path& target);

/// The same of any output; nullopt without one. Throws Error, naming the output, when it is invalid.
std::optional<Receipt> receipt_of(const AnyTarget& output);

/// Writes and syncs the receipts of staged outputs; called in the attempt, after its run().
void stage_receipts(const std::vector<StagedOutput>& outputs, const Provenance& provenance);

}  // namespace freshet::target
