// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/s3_staging.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "target/s3_list.hpp"

#include <fmt/format.h>

#include <any>

namespace freshet::s3 {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t last_slash_or_begin(std::string_view key) { return key.rfind('/') + 1; }  // npos + 1 == 0

std::string beside_object(std::string_view key, std::string_view ending) {
    const std::size_t name = last_slash_or_begin(key);
    return fmt::format("{}.freshet/{}{}", key.substr(0, name), key.substr(name), ending);
}

constexpr std::size_t few_digits = 12;  // enough to tell the targets of one attempt apart, and their versions

/// The folder of all copies of a target in an attempt.
fs::path local_folder(const S3Target& target, std::string_view token) {
    const std::string digest = sha256(target.address()).substr(0, few_digits);
    return fs::temp_directory_path() / fmt::format("freshet-{}-{}", token, digest);
}

}  // namespace

std::string receipt_key(std::string_view key, std::string_view token) {
    return beside_object(key, fmt::format(".{}.json", token));
}

std::string last_published_key(std::string_view key) { return beside_object(key, ".json"); }

std::string stale_key(std::string_view key, std::string_view token) {
    return beside_object(key, fmt::format(".{}.stale", token));
}

Object object_at(const S3Target& target, const std::string& key) {
    return Object(client_for(target.options()), target.bucket(), key);
}

LocalCopy::LocalCopy(const S3Target& target, std::string_view token) {
    const fs::path folder = local_folder(target, token);
    create_folders(folder);
    fs::permissions(folder, fs::perms::owner_all);
    const fs::path own = folder / sha256(uuid4()).substr(0, few_digits);
    create_folders(own);
    constexpr std::size_t longest_name = 255;
    path_ = own / fitting_name(target.key().substr(last_slash_or_begin(target.key())), longest_name);
}

LocalCopy::~LocalCopy() {
    std::error_code ignored;
    const fs::path own = path_.parent_path();
    fs::remove_all(own, ignored);
    fs::remove(own.parent_path(), ignored);  // unless another copy is there
}

void LocalCopy::remove(const S3Target& target, std::string_view token) noexcept {
    std::error_code ignored;
    fs::remove_all(local_folder(target, token), ignored);
}

ObjectInfo metadata_of(const TargetAttempt& attempt, const Content& content) {
    return {.size = content.size, .attempt = attempt.token, .lease = attempt.lease, .sha256 = content.sha256};
}

ObjectInfo note_of(const TargetAttempt& attempt, const std::string& upload) {
    return {.attempt = attempt.token, .lease = attempt.lease, .upload = upload};
}

std::vector<std::string> tokens_of_receipts(const S3Target& target) {
    const std::string before = beside_object(target.key(), ".");
    constexpr std::string_view after = ".json";
    std::vector<std::string> tokens;
    for (const std::string& key : list_all(client_for(target.options()), target.bucket(), before)) {
        if (key.size() <= before.size() + after.size() || !key.ends_with(after)) continue;
        const std::string token = key.substr(before.size(), key.size() - before.size() - after.size());
        if (token.find('.') == token.npos) tokens.push_back(token);
    }
    return tokens;
}

std::shared_ptr<StagedUpload> staged_in(const TargetAttempt* attempt, const S3Target& target) {
    if (!attempt) return nullptr;
    const auto found = attempt->state.find(target.address());
    return found == attempt->state.end() ? nullptr : std::any_cast<std::shared_ptr<StagedUpload>>(found->second);
}

void stage_upload(const S3Target& target, TargetAttempt& attempt, std::unique_ptr<LocalCopy> copy) {
    constexpr std::string_view doing = "stage";
    const FileParts file(copy->path());
    const Object object = object_at(target, target.key());
    if (const auto earlier = staged_in(&attempt, target)) object.abort_upload(doing, earlier->upload);
    attempt.state.erase(target.address());

    const ObjectInfo metadata = metadata_of(attempt, file.content);
    auto staged = std::make_shared<StagedUpload>();
    staged->upload = object.begin_upload(doing, metadata);
    // Noted before there are parts, so that abort() finds all that take room.
    object_at(target, receipt_key(target.key(), attempt.token)).put(doing, "", note_of(attempt, staged->upload));
    staged->etags = object.upload_parts(doing, staged->upload, file.parts);
    staged->content = file.content;
    staged->copy = std::move(copy);
    attempt.state[target.address()] = std::move(staged);
}

}  // namespace freshet::s3
