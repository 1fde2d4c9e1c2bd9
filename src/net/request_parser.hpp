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

/// Rejected request with its HTTP status.
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
    std::size_t header_count = 100;  ///< each costs more memory than its shortest text
};

/// Incremental parser of one HTTP/1.x request. Strict against request smuggling: rejects input on whose end two parsers
/// could disagree (two lengths, a length and chunks, bare line feeds, folded lines).
class RequestParser {
public:
    explicit RequestParser(RequestLimits limits) : limits_(limits) {}

    /// Consumes bytes and returns how many belong to the request: all, unless it is complete. Throws RequestError,
    /// after which the parser must not be used.
    std::size_t take(std::string_view bytes);

    bool has_begun() const { return has_begun_; }
    bool has_header() const { return part_ > Part::header; }
    /// Bytes of request line, headers and trailers so far.
    std::size_t header_size() const { return header_size_ + line_.size(); }
    /// Bytes of the body so far and of what is announced of it.
    std::uint64_t body_size() const { return request_.body.size() + left_; }
    /// Lowers the limit of the body, once there is the header. Throws RequestError if it is exceeded already.
    void limit_body(std::size_t limit);
    /// Allocates the announced body at once.
    void reserve_body() { request_.body.reserve(static_cast<std::size_t>(body_size())); }
    bool is_done() const { return part_ == Part::done; }
    /// The client waits for "100 Continue" before it sends the body.
    bool waits_for_continue() const { return has_header() && !is_done() && expects_continue_ && request_.body.empty(); }
    /// The connection may carry another request after this one.
    bool keep_alive() const { return keep_alive_; }

    /// The request, of which the body is still incomplete until is_done().
    Request& request() { return request_; }
    /// Moves the request out, once it is done.
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
    [[noreturn]] void reject_body() const;

    RequestLimits limits_;
    Request request_{};
    Part part_ = Part::request_line;
    std::string line_{};           // partial line
    std::size_t header_size_ = 0;  // request line, headers and trailers
    std::uint64_t left_ = 0;       // bytes missing from the body or the chunk
    bool has_begun_ = false;
    bool expects_continue_ = false;
    bool is_current_version_ = false;  // HTTP/1.1
    bool keep_alive_ = false;
    std::optional<std::string> length_{};
    std::optional<std::string> coding_{};
    std::optional<std::string> host_{};
};

}  // namespace freshet::http
