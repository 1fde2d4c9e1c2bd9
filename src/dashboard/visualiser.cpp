// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/visualiser.hpp"

#include "base/config.hpp"
#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace freshet::dashboard {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view address = "/static/visualiser/";
constexpr const char* page = "index.html";

std::string_view content_type(const fs::path& file) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> types = {{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".gif", "image/gif"},
        {".ico", "image/x-icon"},
        {".woff", "font/woff"},
        {".woff2", "font/woff2"},
        {".ttf", "font/ttf"},
        {".otf", "font/otf"},
        {".eot", "application/vnd.ms-fontobject"},
    }};
    const auto* const found = std::ranges::find(types, file.extension().string(), &decltype(types)::value_type::first);
    return found == types.end() ? "application/octet-stream" : found->second;
}

/// Returns the CSP sources of the scripts that are part of the page itself.
std::string inline_script_hashes(std::string_view html) {
    constexpr std::string_view begin = "<script>", end = "</script>";
    std::string hashes;
    for (std::size_t at = html.find(begin); at != html.npos; at = html.find(begin, at)) {
        at += begin.size();
        const std::string_view script = html.substr(at, html.find(end, at) - at);
        hashes += fmt::format(" 'sha256-{}'", base64(sha256_bytes(script)));
    }
    return hashes;
}

/// Returns the policy of the page. It inserts texts of workers as markup: no script that comes by them is executed. Its
/// templates use style attributes.
std::string content_security_policy(const fs::path& folder) {
    return fmt::format(
        "default-src 'none'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src "
        "'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        inline_script_hashes(read_file(folder / page)));
}

api::Route file_route(const fs::path& folder, const fs::path& file, const std::string& policy) {
    http::Headers headers{{"Content-Type", std::string(content_type(file))},
                          {"Content-Security-Policy", policy},
                          {"Referrer-Policy", "same-origin"}};  // by which its changes are known, see authorization.cpp
    const auto send = [file, headers](const api::RequestContext&, const http::Responder& respond) {
        respond([file, headers] {
            return http::Response{.headers = headers,
                                  .file = http::FileRegion{.path = file, .length = fs::file_size(file)}};
        });
    };
    const std::string name = fs::relative(file, folder).generic_string();
    return {.id = "visualiser",
            .path = std::string(address) + name,
            .methods = {"GET", "HEAD"},
            .roles = api::Role::view,
            .handler = send};
}

}  // namespace

std::vector<api::Route> visualiser_routes(const fs::path& folder) {
    if (!fs::is_regular_file(folder / page))
        throw ConfigError(
            fmt::format("visualiser_dir: '{}' has no {}: it is not luigi/static/visualiser", folder.native(), page));
    const std::string policy = content_security_policy(folder);
    std::vector<api::Route> routes;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) routes.push_back(file_route(folder, entry.path(), policy));
    return routes;
}

}  // namespace freshet::dashboard
