// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <boost/beast/core/file.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::http {

/// Paces the writing of a body: piece by piece, with the rate and truncation of an injected fault.
class BodyThrottle {
public:
    BodyThrottle() = default;
    explicit BodyThrottle(const Fault& fault) : fault_(fault) {}

    /// Returns the largest size of the next piece; 0 where the connection is to be cut.
    std::size_t allowance() const {
        const auto left = fault_.cut_after ? *fault_.cut_after - written_ : piece_size;
        const auto per_piece =
            fault_.bytes_per_second ? std::max(*fault_.bytes_per_second / per_second, one) : piece_size;
        return static_cast<std::size_t>(std::min({left, per_piece, piece_size}));
    }
    void on_written(std::size_t size) { written_ += size; }
    /// Returns the time that a piece of this size takes.
    std::chrono::microseconds delay(std::size_t size) const {
        constexpr std::uint64_t second = 1'000'000;
        return std::chrono::microseconds(
            fault_.bytes_per_second ? size * second / std::max(*fault_.bytes_per_second, one) : 0);
    }

private:
    static constexpr std::uint64_t one = 1;
    static constexpr std::uint64_t per_second = 20;           // smooth enough for clients that measure the rate
    static constexpr std::uint64_t piece_size = 256u << 10U;  // each under one write deadline

    Fault fault_{};
    std::uint64_t written_ = 0;
};

/// Serializes a response incrementally.
class ResponseWriter {
public:
    enum class AfterResponse { read, close };  ///< next action of the connection

    enum class Body { sent, withheld };  ///< withheld for HEAD

    ResponseWriter() = default;
    /// Throws Error if the response's file cannot be opened.
    ResponseWriter(Response response, Body body, AfterResponse after);

    /// Returns the next header and body bytes, both empty at the end; nullopt if Content-Length cannot be met. Valid
    /// until the next call.
    std::optional<std::array<std::string_view, 2>> next_buffers();
    /// True if more pieces of the body are to be made.
    bool is_streaming() const { return static_cast<bool>(make_piece_); }
    /// Has the next piece of the body made, for set_piece().
    void make_piece(SendPiece send) { make_piece_(std::move(send)); }
    /// Sets the next bytes of the body; an empty piece ends it.
    void set_piece(std::string piece);
    /// Returns the delay before those bytes are to be written.
    std::chrono::microseconds delay() const { return delay_; }

private:
    void open(const FileRegion& region);
    std::optional<std::string_view> next_piece();

    std::string head_{};
    bool is_head_written_ = false;
    std::string body_{};
    std::size_t body_written_ = 0;
    boost::beast::file file_{};
    std::uint64_t file_left_ = 0;
    std::string piece_{};
    std::function<void(SendPiece)> make_piece_{};  // null: the body is complete
    std::shared_ptr<const void> until_sent_{};
    BodyThrottle throttle_{};
    std::chrono::microseconds delay_{};
};

/// Returns a plain-text response of one line.
Response text_response(int status, std::string_view line);

/// Calls `make` and compresses its response if that pays; an exception becomes a 500.
Response make_response(const MakeResponse& make, std::string_view accept_encoding);

}  // namespace freshet::http
