// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"
#include "target/receipt.hpp"
#include "target/s3_staging.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <algorithm>

namespace freshet {

using namespace s3;

namespace {

std::shared_ptr<StagedUpload> staged_here(const S3Target& target) {
    return staged_in(TargetAttempt::current(), target);
}

/// Throws Error unless `write` of create() has made a file.
void check_written(const S3Target& target, const std::filesystem::path& file) {
    if (!lexists(file)) throw Error(fmt::format("create '{}': no file was made at the path", target.address()));
    if (is_folder(file))
        throw Error(fmt::format("create '{}': a folder was made; an object is a file", target.address()));
}

/// A server answers 400 to HEAD of another one, without saying why. Google's allows underscores.
bool is_bucket_name(std::string_view name, bool is_aws) {
    constexpr std::size_t shortest = 3, longest = 63;
    const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.size() < shortest || name.size() > longest || name.find("..") != name.npos) return false;
    return is_alphanumeric(name.front()) && is_alphanumeric(name.back()) && std::ranges::all_of(name, [&](char c) {
               return is_alphanumeric(c) || c == '.' || c == '-' || (c == '_' && !is_aws);
           });
}

/// Proxies and servers that store objects as files take "." and ".." for folders.
bool is_object_key(std::string_view key) {
    if (key.empty() || key.ends_with('/')) return false;
    return std::ranges::none_of(split(key, '/'), [](const auto& part) { return part == "." || part == ".."; });
}

}  // namespace

S3Target::S3Target(std::string_view address, S3Options options) : options_(std::move(options)) {
    constexpr std::string_view scheme = "s3://";
    if (address.starts_with(scheme)) {
        const auto rest = address.substr(scheme.size());
        const auto slash = std::min(rest.find('/'), rest.size());
        bucket_ = rest.substr(0, slash);
        key_ = rest.substr(std::min(slash + 1, rest.size()));
    }
    if (bucket_.empty() || !is_object_key(key_))
        throw ParameterError(fmt::format("make a target: '{}' is not like s3://bucket/folder/name", address));
    if (!is_bucket_name(bucket_, options_.endpoint.empty()))
        throw ParameterError(
            fmt::format("make a target '{}': the name of a bucket is 3 to 63 lowercase letters, digits, hyphens and "
                        "dots, with a letter or a digit at both ends, but this is '{}'",
                        address, bucket_));
}

std::string S3Target::address() const {
    std::string text = fmt::format("s3://{}/{}", bucket_, key_);
    if (!options_.endpoint.empty()) text += "?endpoint=" + http::redacted_url(options_.endpoint);
    return text;
}

bool S3Target::exists() const { return staged_here(*this) || object_at(*this, key_).look("look for").has_value(); }

void S3Target::create(const std::function<void(const std::filesystem::path&)>& write) const {
    TargetAttempt* attempt = TargetAttempt::current();
    auto copy = std::make_unique<LocalCopy>(*this, attempt ? attempt->token : uuid4());
    write(copy->path());
    check_written(*this, copy->path());
    if (attempt) return stage_upload(*this, *attempt, std::move(copy));
    const FileParts file(copy->path());
    object_at(*this, key_).put("write", file, {.sha256 = file.content.sha256});
}

void S3Target::write(std::string_view content) const {
    create([&](const std::filesystem::path& file) {
        write_all(open_file(file, O_WRONLY | O_CREAT | O_EXCL), content, file);
    });
}

std::string S3Target::read() const {
    if (const auto staged = staged_here(*this)) return read_file(staged->copy->path());
    std::string text;
    object_at(*this, key_).get("read", [&](std::string_view bytes) { text += bytes; });
    return text;
}

void S3Target::download(const std::filesystem::path& file) const {
    PendingFile pending(file);
    if (const auto staged = staged_here(*this))
        std::filesystem::copy_file(staged->copy->path(), pending.temporary(),
                                   std::filesystem::copy_options::overwrite_existing);
    else
        object_at(*this, key_).get("download", [&](std::string_view bytes) { pending.append(bytes); });
    pending.commit();
}

std::string S3Target::sha256() const {
    if (const auto staged = staged_here(*this)) return staged->content.sha256;
    const auto there = object_at(*this, key_).look("read");
    if (there && !there->sha256.empty()) return there->sha256;
    const auto read = content();
    if (!read) throw Error(fmt::format("read '{}': it does not exist", address()));
    return read->sha256;
}

Json S3Target::metadata() const {
    const auto text = receipt();
    return text ? target::receipt_from_json(*text).provenance.metadata : Json::object();
}

}  // namespace freshet
