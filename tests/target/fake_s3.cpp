// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/fake_s3.hpp"

#include "base/url_encoding.hpp"
#include "freshet/digest.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::test {

namespace {

constexpr std::string_view bucket_path = "/bucket/";

http::Headers metadata_of(const http::Request& request) {
    http::Headers metadata;
    for (const auto& [name, value] : request.headers)
        if (lower(name).starts_with("x-amz-meta-")) metadata.emplace_back(name, value);
    return metadata;
}

std::string value(const std::map<std::string, std::string>& query, const std::string& name) {
    const auto found = query.find(name);
    return found == query.end() ? "" : found->second;
}

std::string etag_of(std::string_view body) { return '"' + md5(body) + '"'; }

}  // namespace

http::Response refusal(int status, const std::string& code, const std::string& message) {
    return {.status = status,
            .headers = {{"Content-Type", "application/xml"}},
            .body = fmt::format("<?xml version=\"1.0\"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>", code,
                                message)};
}

S3Options FakeS3::options() const {
    return {.endpoint = fmt::format("http://127.0.0.1:{}", server_.port()),
            .region = "us-east-1",
            .credentials = S3Credentials{.access_key = "access", .secret_key = "secret"}};
}

std::vector<std::string> FakeS3::names() {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> names;
    for (const auto& [key, object] : objects_) names.push_back(key);
    for (const auto& [id, upload] : uploads_) names.push_back(upload.key + " (upload)");
    return names;
}

std::vector<std::string> FakeS3::take_asked() {
    const std::lock_guard lock{mutex_};
    return std::exchange(asked_, {});
}

http::Headers FakeS3::last_headers() {
    const std::lock_guard lock{mutex_};
    return last_headers_;
}

http::Response FakeS3::answer(const http::Request& request) {
    const std::lock_guard lock{mutex_};
    asked_.push_back(request.method + ' ' + request.url);
    last_headers_ = request.headers;
    if (fault)
        if (auto response = fault(request)) return *response;

    const auto question_mark = std::min(request.url.find('?'), request.url.size());
    const std::string path = request.url.substr(0, question_mark);
    Query query;
    for (const auto& [name, text] : form_decoded(request.url.substr(std::min(question_mark + 1, request.url.size()))))
        query[name] = text;
    http::Response response = !path.starts_with(bucket_path) ? refusal(404, "NoSuchBucket")
                              : path == bucket_path
                                  ? list(query)
                                  : object_answer(request, percent_decoded(path.substr(bucket_path.size())), query);
    if (spoil) spoil(request, response);
    return response;
}

http::Response FakeS3::object_answer(const http::Request& request, const std::string& key, const Query& query) {
    if (request.method == "PUT") return put(request, key, query);
    if (request.method == "POST" && query.contains("uploads")) {
        const std::string id = std::to_string(++last_upload_);
        uploads_[id] = {.key = key, .metadata = metadata_of(request)};
        return {.body = fmt::format("<InitiateMultipartUploadResult><UploadId>{}</UploadId>"
                                    "</InitiateMultipartUploadResult>",
                                    id)};
    }
    if (request.method == "POST") return complete(request, key, value(query, "uploadId"));
    if (request.method == "DELETE" && query.contains("uploadId"))
        return uploads_.erase(value(query, "uploadId")) ? http::Response{.status = 204} : refusal(404, "NoSuchUpload");
    if (request.method == "DELETE") {
        objects_.erase(key);
        return {.status = 204};
    }
    const auto found = objects_.find(key);
    if (found == objects_.end()) return refusal(404, "NoSuchKey");
    http::Response response{.headers = found->second.metadata, .body = found->second.body};
    response.headers.emplace_back("ETag", found->second.etag);
    return response;
}

http::Response FakeS3::put(const http::Request& request, const std::string& key, const Query& query) {
    if (query.contains("uploadId")) {
        const auto upload = uploads_.find(value(query, "uploadId"));
        if (upload == uploads_.end()) return refusal(404, "NoSuchUpload");
        upload->second.parts[std::stoi(value(query, "partNumber"))] = request.body;
        return {.headers = {{"ETag", etag_of(request.body)}}};
    }
    Object object{request.body, metadata_of(request), etag_of(request.body)};
    if (const auto source = http::find_header(request.headers, "x-amz-copy-source"))
        object = objects_.at(percent_decoded(source->substr(bucket_path.size())));
    objects_[key] = object;
    return {.headers = {{"ETag", object.etag}}, .body = ""};
}

bool FakeS3::meets_condition(const http::Request& request, const std::string& key) const {
    const auto found = objects_.find(key);
    if (http::find_header(request.headers, "If-None-Match")) return found == objects_.end();
    const auto etag = http::find_header(request.headers, "If-Match");
    return !etag || (found != objects_.end() && found->second.etag == *etag);
}

http::Response FakeS3::complete(const http::Request& request, const std::string& key, const std::string& id) {
    const auto upload = uploads_.find(id);
    if (upload == uploads_.end()) return refusal(404, "NoSuchUpload");
    if (!meets_condition(request, key)) return refusal(412, "PreconditionFailed");
    Object object{.body = "", .metadata = upload->second.metadata, .etag = ""};
    for (const auto& [number, part] : upload->second.parts) object.body += part;
    object.etag = fmt::format("\"{}-{}\"", md5(object.body), upload->second.parts.size());
    objects_[key] = std::move(object);
    uploads_.erase(upload);
    return {.body = "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>"};
}

http::Response FakeS3::list(const Query& query) const {
    std::string contents;
    const int most = std::min(page_size, std::stoi(value(query, "max-keys")));
    int count = 0;
    bool is_truncated = false;
    for (const auto& [key, object] : objects_) {
        if (!key.starts_with(value(query, "prefix")) || key <= value(query, "start-after")) continue;
        is_truncated = count++ == most;
        if (is_truncated) break;
        contents += fmt::format("<Contents><Key>{}</Key></Contents>", xml_escaped(key));
    }
    return {.body = fmt::format("<ListBucketResult><IsTruncated>{}</IsTruncated>{}</ListBucketResult>", is_truncated,
                                contents)};
}

}  // namespace freshet::test
