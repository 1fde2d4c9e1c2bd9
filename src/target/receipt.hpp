// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/event.hpp"
#include "freshet/json.hpp"
#include "freshet/parameter.hpp"
#include "target/staged_output.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::target {

/// What a file or folder holds: how many bytes, and their digest.
struct Content {
    std::uintmax_t size = 0;
    std::string sha256;

    friend bool operator==(const Content&, const Content&) = default;
};

/// An output of a required task, as it was when it was used.
struct Input {
    std::string task_id;
    std::string address;
    std::optional<Content> content{};  ///< as its receipt says; none: it has no receipt, so somebody else made it

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
    std::vector<Event> events{};  ///< announced by it: so that one lost in a crash is repeated with the same id

    Json metadata = Json::object();  ///< what it said of its outputs

    friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// What an output is and how it came about; lies in `.freshet/` beside it.
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

/// That of the output at `target`, none if it has none. Throws Error, naming the file, when it is not a receipt.
std::optional<Receipt> read_receipt(const std::filesystem::path& target);

/// Writes and syncs the receipts of staged outputs; called in the attempt, after its run().
void stage_receipts(const std::vector<StagedOutput>& outputs, const Provenance& provenance);

}  // namespace freshet::target
