// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace gfs::test {

/// A whole message of 32 bytes with a recognisable content.
inline std::string message(char who) {
    return std::string("GRIB\0\0\0\2\0\0\0\0\0\0\0\x20", 16) + std::string(12, who) + "7777";
}

/// Web servers with files by URL, and a log of the requests.
class FakeWeb final : public freshet::http::Client {
public:
    struct File {
        std::string bytes;
        freshet::Time modified{};
    };
    using Request = freshet::http::Request;
    using Response = freshet::http::Response;

    Response send(const Request& request) override {
        request_log += fmt::format("{} {}\n", request.method, request.url);
        ++requests;
        for (const auto& [prefix, answer] : faults) {
            if (!request.url.starts_with(prefix)) continue;
            if (auto fault = answer(request)) return *fault;
        }
        const auto found = files.find(request.url);
        if (found == files.end()) return {.status = 404};
        return respond(request, found->second);
    }

    /// Responds to every URL with that prefix with this status.
    void fail_with(const std::string& prefix, Response response) {
        faults[prefix] = [response](const Request&) { return response; };
    }

    std::map<std::string, File> files;
    /// By the prefix of a URL: the response in place of a file, if any.
    std::map<std::string, std::function<std::optional<Response>(const Request&)>> faults;
    std::string request_log;
    int requests = 0;

private:
    static Response respond(const Request& request, const File& file) {
        Response response{.headers = {{"Content-Length", std::to_string(file.bytes.size())},
                                      {"ETag", std::to_string(std::hash<std::string>()(file.bytes))},
                                      {"Last-Modified", freshet::format_http_date(file.modified)}}};
        const auto range = request.headers.empty() ? "" : request.headers.front().second;
        std::size_t first = 0, last = 0;
        if (std::sscanf(range.c_str(), "bytes=%zu-%zu", &first, &last) == 2) {
            response.status = 206;
            response.headers.emplace_back("Content-Range",
                                          fmt::format("bytes {}-{}/{}", first, last, file.bytes.size()));
            response.body = file.bytes.substr(first, last - first + 1);
        } else if (request.method == "GET") {
            response.body = file.bytes;
        }
        return response;
    }
};

}  // namespace gfs::test
