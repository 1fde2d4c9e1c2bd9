// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/server.hpp"

#include "simulator/publish.hpp"
#include "simulator/responses.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <ostream>

namespace gfs::simulator {
namespace {

constexpr std::string_view control_prefix = "/_mirror/";
constexpr std::string_view statistics_path = "/_mirror/statistics";
constexpr std::string_view faults_path = "/_mirror/faults";

std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

/// True for a path that cannot leave the folder.
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

/// Blocks SIGTERM and SIGINT in every thread, so that the main one can wait for them.
class StopSignals {
public:
    StopSignals() {
        ::sigemptyset(&signals_);
        ::sigaddset(&signals_, SIGTERM);
        ::sigaddset(&signals_, SIGINT);
        ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    void wait() {
        int received = 0;
        ::sigwait(&signals_, &received);
    }

private:
    sigset_t signals_{};
};

}  // namespace

void Statistics::Count::add(const Count& other) {
    requests += other.requests;
    bytes += other.bytes;
}

void Statistics::count(const std::string& method, const std::string& path, int status, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    counts_[{path, method, status}].add({1, bytes});
    total_.add({1, bytes});
}

freshet::Json Statistics::json() const {
    const std::lock_guard lock(mutex_);
    auto responses = freshet::Json::array();
    for (const auto& [key, count] : counts_) {
        const auto& [path, method, status] = key;
        responses.push_back(freshet::Json::Object{{"method", method},
                                                  {"path", path},
                                                  {"status", status},
                                                  {"requests", count.requests},
                                                  {"bytes", count.bytes}});
    }
    return freshet::Json::Object{{"requests", total_.requests}, {"bytes", total_.bytes}, {"answers", responses}};
}

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
        return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}, .body = "only GET and HEAD are supported\n"};
    }
    if (!is_safe(path)) return not_found();
    const auto fault = faults_.match(request.method, path);
    if (fault && !needs_file(fault->kind)) return fault_response(*fault, {}, request);
    const auto content = find_content(folder_ / std::filesystem::path(path).relative_path());
    if (!content) return not_found();
    if (!fault) return content_response(*content, request);
    return fault_response(*fault, apply_fault(*fault, *content, folder_), request);
}

void serve(const ServeOptions& options, std::ostream& out) {
    if (!std::filesystem::is_directory(options.folder)) {
        throw freshet::ParameterError(fmt::format("'{}' is not a folder", options.folder.string()));
    }
    StopSignals stop;
    const freshet::SystemClock clock;
    Simulator simulator(options.folder, clock);
    simulator.faults().set(options.faults);
    {
        const freshet::http::Server server(
            {.address = options.address, .port = options.port},
            [&simulator](const freshet::http::Request& request) { return simulator.handle(request); });
        if (options.port_file) freshet::write_file_atomically(*options.port_file, fmt::format("{}\n", server.port()));
        out << fmt::format("serving '{}' at http://{}:{}/", options.folder.string(), options.address, server.port())
            << std::endl;
        stop.wait();
    }
    if (options.count_file) freshet::write_file_atomically(*options.count_file, simulator.statistics().pretty());
}

}  // namespace gfs::simulator
