// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/target.hpp"

#include "base/atomic_rename.hpp"
#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "target/publish.hpp"
#include "target/receipt.hpp"
#include "target/staging.hpp"
#include "target/target_paths.hpp"
#include "target/unfinished.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <map>
#include <set>

namespace freshet {

namespace {

using std::filesystem::path;

/// For the attempt that makes `output`, it exists as soon as it is staged or there, unless it is to be replaced.
bool exists_for(const target::Staging& staging, const path& output) {
    if (staging.find(output)) return true;
    if (!exists_at(output) || staging.is_stale(output)) return false;
    return staging.is_declared(output) || !target::unfinished_since(output);
}

/// The output that this thread's attempt has staged for `output`, or nullptr.
const target::StagedOutput* staged(const path& output) {
    const target::Staging* staging = target::Staging::current();
    return staging ? staging->find(target::normalized_path(output)) : nullptr;
}

/// The names in a folder; none where there is no folder.
std::set<path> names_in(const path& folder) {
    std::set<path> names;
    if (!is_folder(folder)) return names;
    try {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
    } catch (const std::filesystem::filesystem_error& error) {
        throw_system_error("list", folder, error.code().value());
    }
    return names;
}

/// The names in folders, each of which is listed once.
class FolderListings {
public:
    bool have(const path& file) {
        const auto [folder, is_new] = names_.try_emplace(file.parent_path());
        if (is_new) folder->second = names_in(folder->first);
        return folder->second.contains(file.filename());
    }

private:
    std::map<path, std::set<path>> names_;
};

void create_at_once(const path& output, const target::Write& write) {
    constexpr std::size_t digits = 16;  // random digits, enough to avoid collisions in a folder
    const path temporary = target::temporary_path(output, sha256(uuid4()).substr(0, digits));
    create_folders(output.parent_path());
    target::write_temporary(output, temporary, write);
    rename_replace(temporary, output);
    sync_path(output.parent_path());
}

}  // namespace

std::string LocalTarget::address() const {
    return target::is_normalized(path_.native()) ? path_.native() : target::normalized_path(path_).native();
}

bool LocalTarget::exists() const {
    if (const target::Staging* staging = target::Staging::current())
        return exists_for(*staging, target::normalized_path(path_));
    return exists_at(path_) && !target::unfinished_since(path_);
}

std::vector<bool> LocalTarget::exist_by_listing(const std::vector<LocalTarget>& targets) {
    FolderListings folders;
    std::vector<bool> exist;
    exist.reserve(targets.size());
    for (const LocalTarget& target : targets)
        exist.push_back((folders.have(target::normalized_path(target.path_)) || staged(target.path_)) &&
                        target.exists());
    return exist;
}

void LocalTarget::create(const std::function<void(const std::filesystem::path&)>& write) const {
    const std::filesystem::path output = target::normalized_path(path_);
    if (target::Staging* staging = target::Staging::current(); staging && !staging->is_scratch(output))
        staging->stage(output, write);
    else
        create_at_once(output, write);
}

void LocalTarget::write(std::string_view content) const {
    create([&](const std::filesystem::path& temporary) {
        write_all(open_file(temporary, O_WRONLY | O_CREAT | O_EXCL), content, temporary);
    });
}

std::string LocalTarget::sha256() const {
    if (const target::StagedOutput* output = staged(path_)) return target::content_of(output->temporary).sha256;
    const auto receipt = target::read_receipt(path_);
    if (receipt && target::size_of(path_) == receipt->content.size) return receipt->content.sha256;
    return target::content_of(path_).sha256;
}

Json LocalTarget::metadata() const {
    const auto receipt = target::read_receipt(path_);
    return receipt ? receipt->provenance.metadata : Json::object();
}

std::string LocalTarget::read() const {
    const target::StagedOutput* output = staged(path_);
    return read_file(output ? output->temporary : path_);
}

std::optional<Json> LocalTarget::receipt() const { return target::receipt_json(path_); }

std::optional<Content> LocalTarget::content() const {
    return exists_at(path_) ? std::optional(target::content_of(path_)) : std::nullopt;
}

std::string LocalTarget::retire() const {
    const auto aside = target::retire(path_);
    return aside ? aside->string() : std::string();
}

}  // namespace freshet
