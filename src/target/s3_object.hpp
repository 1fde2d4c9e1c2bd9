// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "freshet/published_target.hpp"
#include "target/s3_client.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::s3 {

/// S3's answer about an object, with the metadata that Freshet adds.
struct ObjectInfo {
    std::uintmax_t size = 0;
    std::string etag{};
    std::string attempt{};   ///< token of the attempt that made it; "": others did
    std::int64_t lease = 0;  ///< its fencing token
    std::string sha256{};    ///< "" if it was not noted
    std::string upload{};    ///< of a receipt: the upload that it belongs to
};

/// The headers that store this metadata; empty texts and a lease of 0 are left out.
http::Headers metadata_headers(const ObjectInfo& info);

/// A piece of a file for one request.
struct Part {
    http::FileRegion region;
    std::string sha256;
};

/// A file that is uploaded: its content, and its pieces of at least `part_size` but for the last, at most 10,000.
struct FileParts {
    static constexpr std::uint64_t part_size = 16U << 20;

    /// Reads the file once. Throws Error when there is none.
    explicit FileParts(const std::filesystem::path& file);

    Content content{};
    std::vector<Part> parts{};
};

/// One object and the requests to it. Functions say in messages what they are `doing` for.
class Object {
public:
    Object(Client& client, std::string bucket, std::string key)
        : client_(&client), bucket_(std::move(bucket)), key_(std::move(key)) {}

    /// nullopt: there is none.
    std::optional<ObjectInfo> look(std::string_view doing) const;
    /// Throws Error where there is none.
    void get(std::string_view doing, const std::function<void(std::string_view)>& receive) const;
    /// nullopt: there is none.
    std::optional<std::string> find_text(std::string_view doing) const;
    void put(std::string_view doing, std::string body, const ObjectInfo& metadata) const;
    /// Uploads a file, whatever is there.
    void put(std::string_view doing, const FileParts& file, const ObjectInfo& metadata) const;
    /// Copies another object of the bucket, of any size, here.
    void copy(std::string_view doing, const std::string& source_key, std::uintmax_t size) const;
    /// Does nothing where there is none.
    void remove(std::string_view doing) const;

    /// Starts an upload and returns its id.
    std::string begin_upload(std::string_view doing, const ObjectInfo& metadata) const;
    /// Uploads the parts, each again if it fails in a way that may go away, and returns their ETags.
    std::vector<std::string> upload_parts(std::string_view doing, const std::string& upload,
                                          const std::vector<Part>& parts) const;
    /// Makes the uploaded parts the object. False: the condition was not met, or the upload is not there any more.
    bool complete_upload(std::string_view doing, const std::string& upload, const std::vector<std::string>& etags,
                         const http::Headers& condition) const;
    /// Discards the parts of an upload, after which it cannot be completed. Does nothing if there is none.
    void abort_upload(std::string_view doing, const std::string& upload) const;

private:
    Call call(std::string_view doing, std::string method) const;

    Client* client_;
    std::string bucket_;
    std::string key_;
};

}  // namespace freshet::s3
