// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/s3_object.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

namespace freshet::s3 {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t most_parts = 10'000;
constexpr std::uint64_t largest_copy = 5ULL << 30;      // of one request
constexpr std::uint64_t copied_part_size = 1ULL << 30;  // S3 copies no faster in smaller ones

template <class Number>
Number number_in(const std::optional<std::string>& text) {
    Number number = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

std::string part_list(const std::vector<std::string>& etags) {
    std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::size_t i = 0; i < etags.size(); ++i) {
        xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, xml_escaped(etags[i]));
    }
    return xml + "</CompleteMultipartUpload>";
}

/// Runs a request up to three times: one that fails for the moment must not cost the upload of all the others.
http::Response send_persistently(Client& client, const Call& call) {
    constexpr auto first_pause = 100ms, longest_pause = 2000ms;
    for (auto pause = first_pause;; pause *= 4) {
        try {
            return client.require(call);
        } catch (const TransientError& error) {
            const auto wanted = error.retry_after().value_or(std::chrono::seconds{0});
            if (pause > 4 * first_pause || wanted > longest_pause) throw;
            std::this_thread::sleep_for(std::max<std::chrono::milliseconds>(pause, wanted));
        }
    }
}

}  // namespace

http::Headers metadata_headers(const ObjectInfo& info) {
    http::Headers headers;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) headers.emplace_back(name, value);
    };
    add("x-amz-meta-freshet-attempt", info.attempt);
    add("x-amz-meta-freshet-lease", info.lease == 0 ? "" : std::to_string(info.lease));
    add("x-amz-meta-freshet-sha256", info.sha256);
    add("x-amz-meta-freshet-upload", info.upload);
    return headers;
}

FileParts::FileParts(const std::filesystem::path& file) {
    const std::uint64_t size = std::filesystem::file_size(file);
    const std::uint64_t length = std::max(part_size, (size + most_parts - 1) / most_parts);
    const FileDescriptor descriptor = open_file(file, O_RDONLY);
    std::vector<char> buffer(1 << 17);
    Sha256 whole;
    for (bool is_more = true; is_more; is_more = content.size < size && parts.back().region.length == length) {
        Part part{.region = {.path = file, .offset = content.size, .length = 0}, .sha256 = ""};
        Sha256 sha;
        while (part.region.length < length) {
            const auto wanted = std::min<std::uint64_t>(buffer.size(), length - part.region.length);
            const std::size_t count = read_some(descriptor, buffer.data(), static_cast<std::size_t>(wanted), file);
            if (count == 0) break;
            sha.update({buffer.data(), count});
            whole.update({buffer.data(), count});
            part.region.length += count;
        }
        part.sha256 = sha.hex();
        content.size += part.region.length;
        parts.push_back(std::move(part));
    }
    content.sha256 = whole.hex();
}

Call Object::call(std::string_view doing, std::string method) const {
    return {.doing = doing, .method = std::move(method), .bucket = bucket_, .key = key_};
}

std::optional<ObjectInfo> Object::look(std::string_view doing) const {
    const http::Response response = client_->send(call(doing, "HEAD"));
    if (response.status == 404) return std::nullopt;
    return ObjectInfo{.size = number_in<std::uintmax_t>(response.header("Content-Length")),
                      .etag = response.header("ETag").value_or(""),
                      .attempt = response.header("x-amz-meta-freshet-attempt").value_or(""),
                      .lease = number_in<std::int64_t>(response.header("x-amz-meta-freshet-lease")),
                      .sha256 = response.header("x-amz-meta-freshet-sha256").value_or(""),
                      .upload = response.header("x-amz-meta-freshet-upload").value_or("")};
}

void Object::get(std::string_view doing, const std::function<void(std::string_view)>& receive) const {
    Call get = call(doing, "GET");
    get.receive = receive;
    client_->require(get);
}

std::optional<std::string> Object::find_text(std::string_view doing) const {
    http::Response response = client_->send(call(doing, "GET"));
    if (response.status == 404) return std::nullopt;
    return std::move(response.body);
}

void Object::put(std::string_view doing, std::string body, const ObjectInfo& metadata) const {
    Call put = call(doing, "PUT");
    put.headers = metadata_headers(metadata);
    put.body = std::move(body);
    client_->require(put);
}

void Object::put(std::string_view doing, const FileParts& file, const ObjectInfo& metadata) const {
    if (file.parts.size() == 1) {
        Call put = call(doing, "PUT");
        put.headers = metadata_headers(metadata);
        put.file = file.parts.front().region;
        put.sha256 = file.parts.front().sha256;
        client_->require(put);
        return;
    }
    const std::string upload = begin_upload(doing, metadata);
    try {
        if (!complete_upload(doing, upload, upload_parts(doing, upload, file.parts), {}))
            throw TransientError(fmt::format("{} 's3://{}/{}': the upload has disappeared", doing, bucket_, key_));
    } catch (...) {
        try {
            abort_upload(doing, upload);
        } catch (const Error&) {
            // The failure that led here says more; the bucket's rule for incomplete uploads removes the parts.
        }
        throw;
    }
}

void Object::copy(std::string_view doing, const std::string& source_key, std::uintmax_t size) const {
    Call copy = call(doing, "PUT");
    std::vector<std::string> segments = split(source_key, '/');
    for (std::string& segment : segments) segment = percent_encoded(segment);
    copy.takes_long = true;
    copy.headers = {{"x-amz-copy-source", fmt::format("/{}/{}", bucket_, joined(segments, "/"))}};
    if (size <= largest_copy) {
        client_->require(copy);
        return;
    }
    const std::string upload = begin_upload(doing, {});
    std::vector<std::string> etags;
    for (std::uintmax_t begin = 0; begin < size; begin += copied_part_size) {
        Call part = copy;
        part.query = {{"partNumber", std::to_string(etags.size() + 1)}, {"uploadId", upload}};
        const auto end = std::min<std::uintmax_t>(begin + copied_part_size, size) - 1;
        part.headers.emplace_back("x-amz-copy-source-range", fmt::format("bytes={}-{}", begin, end));
        etags.push_back(xml_text(send_persistently(*client_, part).body, "ETag"));
    }
    complete_upload(doing, upload, etags, {});
}

void Object::remove(std::string_view doing) const { client_->send(call(doing, "DELETE")); }

std::string Object::begin_upload(std::string_view doing, const ObjectInfo& metadata) const {
    Call begin = call(doing, "POST");
    begin.query = {{"uploads", ""}};
    begin.headers = metadata_headers(metadata);
    return xml_text(client_->require(begin).body, "UploadId");
}

std::vector<std::string> Object::upload_parts(std::string_view doing, const std::string& upload,
                                              const std::vector<Part>& parts) const {
    std::vector<std::string> etags;
    for (const Part& part : parts) {
        Call put = call(doing, "PUT");
        put.query = {{"partNumber", std::to_string(etags.size() + 1)}, {"uploadId", upload}};
        put.file = part.region;
        put.sha256 = part.sha256;
        etags.push_back(send_persistently(*client_, put).header("ETag").value_or(""));
    }
    return etags;
}

bool Object::complete_upload(std::string_view doing, const std::string& upload, const std::vector<std::string>& etags,
                             const http::Headers& condition) const {
    Call complete = call(doing, "POST");
    complete.query = {{"uploadId", upload}};
    complete.headers = condition;
    complete.headers.emplace_back("Content-Type", "application/xml");
    complete.body = part_list(etags);
    complete.takes_long = true;
    return client_->send(complete).status / 100 == 2;
}

void Object::abort_upload(std::string_view doing, const std::string& upload) const {
    Call abort = call(doing, "DELETE");
    abort.query = {{"uploadId", upload}};
    client_->send(abort);
}

}  // namespace freshet::s3
