// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/mirror.hpp"

#include "mirror/file_answer.hpp"

#include <algorithm>

namespace gfs::mirror {
namespace {

constexpr std::string_view statistics_path = "/_mirror/statistics";

std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

/// A path that stays below the folder, whatever it contains.
bool is_safe(const std::filesystem::path& path) {
    return path.is_absolute() && std::ranges::find(path, "..") == path.end();
}

std::uint64_t body_size(const freshet::http::Request& request, const freshet::http::Response& response) {
    if (request.method == "HEAD") return 0;
    return response.file ? response.file->length : response.body.size();
}

}  // namespace

freshet::http::Response Mirror::handle(const freshet::http::Request& request) {
    const auto path = without_query(request.url);
    if (path == statistics_path) {
        return {.headers = {{"Content-Type", "application/json"}}, .body = statistics_.json().pretty()};
    }
    auto response = decide(request, path);
    statistics_.count(request.method, path, response.status, body_size(request, response));
    return response;
}

freshet::http::Response Mirror::decide(const freshet::http::Request& request, const std::string& path) const {
    if (request.method != "GET" && request.method != "HEAD") {
        return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}, .body = "only GET and HEAD are answered here\n"};
    }
    if (!is_safe(path)) return {.status = 404, .body = "not found\n"};
    return file_answer(request, folder_ / std::filesystem::path(path).relative_path());
}

}  // namespace gfs::mirror
