// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/s3.hpp"
#include "target/s3_object.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::s3 {

// Beside an object are, in `.freshet/`:
//   NAME.TOKEN.json  the receipt of an attempt, from its first write on, then still empty; in its metadata the upload
//   NAME.json        {"attempt": TOKEN} of what was published last
//   NAME.TOKEN.stale what was retired, with the token of the attempt that had made it

std::string receipt_key(std::string_view key, std::string_view token);
std::string last_published_key(std::string_view key);
std::string stale_key(std::string_view key, std::string_view token);

/// Another object of the target's bucket; its own with S3Target::key().
Object object_at(const S3Target& target, const std::string& key);

/// A place for the content on this machine, in a folder of its own below that for temporary files.
class LocalCopy {
public:
    /// `token` names the attempt, or is unique.
    LocalCopy(const S3Target& target, std::string_view token);
    ~LocalCopy();
    LocalCopy(const LocalCopy&) = delete;
    LocalCopy& operator=(const LocalCopy&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Removes what an attempt that was killed has left.
    static void remove(const S3Target& target, std::string_view token) noexcept;

private:
    std::filesystem::path path_;
};

/// An object that an attempt has uploaded and that S3 does not show.
struct StagedUpload {
    Content content;
    std::string upload;
    std::vector<std::string> etags;
    std::unique_ptr<LocalCopy> copy;  ///< to be read in the attempt
};

/// The metadata of what this attempt makes.
ObjectInfo metadata_of(const TargetAttempt& attempt, const Content& content);

/// The metadata of a receipt whose object is not complete yet.
ObjectInfo note_of(const TargetAttempt& attempt, const std::string& upload);

/// The tokens of the attempts whose receipts are beside the object.
std::vector<std::string> tokens_of_receipts(const S3Target& target);

/// The upload of this target in the attempt; nullptr: it has not been written.
std::shared_ptr<StagedUpload> staged_in(const TargetAttempt* attempt, const S3Target& target);

/// Uploads the local copy for the attempt, in place of an earlier upload.
void stage_upload(const S3Target& target, TargetAttempt& attempt, std::unique_ptr<LocalCopy> copy);

}  // namespace freshet::s3
