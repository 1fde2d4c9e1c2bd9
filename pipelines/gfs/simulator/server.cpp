// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/server.hpp"

#include "simulator/faulty_answer.hpp"
#include "simulator/faulty_content.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs::simulator {
namespace {

constexpr std::string_view control_prefix = "/_mirror/";
constexpr std::string_view statistics_path = "/_mirror/statistics";
constexpr std::string_view faults_path = "/_mirror/faults";

std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

/// A path that stays below the folder, whatever it contains.
bool is_safe(const std::filesystem::path& path) {
    return path.is_absolute() && std::ranges::find(path, "..") == path.end();
}

freshet::http::Response json_response(const freshet::Json& json) {
    return {.headers = {{"Content-Type", "application/json"}}, .body = json.pretty()};
}

std::uint64_t body_size(const freshet::http::Request& request, const freshet::http::Response& response) {
    if (request.method == "HEAD") return 0;
    const auto size = response.file ? response.file->length : response.body.size();
    return std::min<std::uint64_t>(size, response.fault.cut_after.value_or(size));
}

}  // namespace

freshet::http::Response Simulator::handle(const freshet::http::Request& request) {
    const auto path = without_query(request.url);
    if (path.starts_with(control_prefix)) return control(request, path);
    auto response = respond(request, path);
    statistics_.count(request.method, path, response.status, body_size(request, response));
    return response;
}

freshet::http::Response Simulator::control(const freshet::http::Request& request, const std::string& path) {
    if (path == statistics_path) return json_response(statistics_.json());
    if (path != faults_path) return not_found();
    try {
        if (request.method == "POST") faults_.set(parse_faults(freshet::Json::parse(request.body)));
    } catch (const freshet::Error& error) {
        return {.status = 400, .body = fmt::format("{}\n", error.what())};
    }
    return json_response(faults_.json());
}

freshet::http::Response Simulator::respond(const freshet::http::Request& request, const std::string& path) {
    if (request.method != "GET" && request.method != "HEAD") {
        return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}, .body = "only GET and HEAD are answered here\n"};
    }
    if (!is_safe(path)) return not_found();
    const auto fault = faults_.match(request.method, path);
    if (fault && !needs_file(fault->kind)) return fault_response(*fault, {}, request);
    const auto content = find_content(folder_ / std::filesystem::path(path).relative_path());
    if (!content) return not_found();
    if (!fault) return content_response(*content, request);
    return fault_response(*fault, apply_fault(*fault, *content, folder_), request);
}

}  // namespace gfs::simulator
