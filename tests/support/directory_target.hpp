// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/digest.hpp"
#include "freshet/file.hpp"
#include "freshet/published_target.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace freshet::test {

/// An object in a folder that plays a server: `data` has the contents of all attempts, `objects` says which of them is
/// published, with its receipt. A later attempt rejects all before it.
class DirectoryTarget {
public:
    DirectoryTarget(std::filesystem::path folder, std::string name)
        : folder_(std::move(folder)), name_(std::move(name)) {}

    std::string address() const { return "directory:" + (folder_ / name_).string(); }
    bool exists() const {
        const TargetAttempt* attempt = TargetAttempt::current();
        return std::filesystem::exists(object()) || (attempt && attempt->state.contains(address()));
    }

    void write(const std::string& content) const {
        TargetAttempt& attempt = *TargetAttempt::current();
        write_file_atomically(data(attempt), content);
        attempt.state[address()] = Content{content.size(), sha256(content)};
    }
    std::optional<std::string> read() const {
        const auto published = published_object();
        return published ? std::optional(read_file(folder_ / published->at("data").as_string())) : std::nullopt;
    }
    void replace(const std::string& content) const {
        write_file_atomically(folder_ / published_object().value().at("data").as_string(), content);
    }

    void begin(TargetAttempt& attempt) const {
        const FileLock lock = locked();
        write_file_atomically(fence(), std::to_string(std::max(attempt.lease, highest_lease())));
        for (const std::filesystem::path& staged : contents())
            if (!is_published(staged)) std::filesystem::remove(staged);
    }
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const {
        const auto written = attempt.state.find(address());
        if (written == attempt.state.end()) return {};
        return Json::Object{{"data", data(attempt).lexically_relative(folder_).string()},
                            {"token", attempt.token},
                            {"lease", attempt.lease},
                            {"receipt", make_receipt(std::any_cast<Content>(written->second))}};
    }
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const {
        const FileLock lock = locked();
        const auto published = published_object();
        if (published && published->at("token") == Json(attempt.token)) return PublishResult::published;
        if (attempt.lease < highest_lease() || (published && if_exists == IfExists::keep))
            return PublishResult::superseded;
        write_file_atomically(object(), staged.text());
        return PublishResult::published;
    }
    void abort(TargetAttempt& attempt) const {
        const FileLock lock = locked();
        if (!is_published(data(attempt))) std::filesystem::remove(data(attempt));
    }
    std::optional<Json> receipt() const {
        const auto published = published_object();
        return published ? std::optional(published->at("receipt")) : std::nullopt;
    }
    std::optional<Content> content() const {
        const auto found = read();
        return found ? std::optional(Content{found->size(), sha256(*found)}) : std::nullopt;
    }

    /// Leftovers of attempts, which are not published.
    std::vector<std::string> staged() const {
        std::vector<std::string> found;
        for (const std::filesystem::path& content : contents())
            if (!is_published(content)) found.push_back(content.filename());
        return found;
    }

private:
    std::filesystem::path object() const { return folder_ / "objects" / name_; }
    std::filesystem::path fence() const { return folder_ / "fences" / name_; }
    std::filesystem::path data(const TargetAttempt& attempt) const {
        return folder_ / "data" / (name_ + "." + attempt.token);
    }
    FileLock locked() const {
        create_folders(folder_ / "locks");
        return FileLock::acquire(folder_ / "locks" / name_);
    }
    std::optional<Json> published_object() const {
        return std::filesystem::exists(object()) ? std::optional(Json::parse(read_file(object()))) : std::nullopt;
    }
    std::int64_t highest_lease() const { return std::filesystem::exists(fence()) ? std::stoll(read_file(fence())) : 0; }
    bool is_published(const std::filesystem::path& content) const {
        const auto published = published_object();
        return published && folder_ / published->at("data").as_string() == content;
    }
    std::vector<std::filesystem::path> contents() const {
        std::vector<std::filesystem::path> found;
        if (!std::filesystem::exists(folder_ / "data")) return found;
        for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data"))
            if (entry.path().stem() == name_) found.push_back(entry.path());
        return found;
    }

    std::filesystem::path folder_;
    std::string name_;
};
static_assert(PublishedTarget<DirectoryTarget> && BeginsAttempt<DirectoryTarget>);

}  // namespace freshet::test
