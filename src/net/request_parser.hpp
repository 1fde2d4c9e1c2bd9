// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::http {

/// A request that is not served, and the status that says so.
class RequestError : public Error {
public:
    RequestError(int status, const std::string& why) : Error(why), status_(status) {}
    int status() const { return status_; }

private:
    int status_;
};

struct RequestLimits {
    std::size_t header = 64u << 10;
    std::size_t body = 16u << 20;
};

/// Reads one request of HTTP/1.1 from the bytes of a connection. Strict: where two readers of the same bytes could
/// disagree about where a request ends (two lengths, a length and chunks, bare line feeds, folded lines), it is
/// refused.
class RequestParser {
public:
    explicit RequestParser(RequestLimits limits) : limits_(limits) {}

    /// How many of these bytes belong to the request: all, unless it is complete. Throws RequestError, and is of no
    /// use afterwards.
    std::size_t take(std::string_view bytes);

    bool has_begun() const { return has_begun_; }
    bool has_header() const { return part_ > Part::header; }
    bool is_done() const { return part_ == Part::done; }
    /// The client sends the body only when told to ("Expect: 100-continue").
    bool waits_for_continue() const { return has_header() && !is_done() && expects_continue_ && request_.body.empty(); }
    /// The client may send another request after this one.
    bool keep_alive() const { return keep_alive_; }

    /// The request, once it is done.
    Request release() { return std::move(request_); }

private:
    enum class Part { request_line, header, body, chunk_size, chunk, chunk_end, trailer, done };

    bool is_in_body() const { return part_ == Part::body || part_ == Part::chunk; }
    std::size_t take_body(std::string_view bytes);
    std::size_t take_line(std::string_view bytes);
    void check_length(std::size_t more) const;
    void on_line(std::string_view line);
    void on_request_line(std::string_view line);
    void on_header(std::string_view line);
    void on_header_end();
    void on_chunk_size(std::string_view line);
    void expect(std::uint64_t length);

    RequestLimits limits_;
    Request request_{};
    Part part_ = Part::request_line;
    std::string line_{};           // its beginning, while its end has not come
    std::size_t header_size_ = 0;  // of all lines but those of chunks
    std::uint64_t left_ = 0;       // of the body, or of the chunk
    bool has_begun_ = false;
    bool expects_continue_ = false;
    bool is_current_version_ = false;  // 1.1
    bool keep_alive_ = false;
    std::optional<std::string> length_{};
    std::optional<std::string> coding_{};
    std::optional<std::string> host_{};
};

}  // namespace freshet::http
