// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "net/pace.hpp"

#include <boost/beast/core/file.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::http {

/// An answer on its way: what is not written yet.
class ResponseWriter {
public:
    enum class AfterResponse { read, close };  ///< what the connection does next

    enum class Body { sent, withheld };  ///< HEAD wants the headers alone

    ResponseWriter() = default;
    /// Throws Error when its file cannot be opened.
    ResponseWriter(Response response, Body body, AfterResponse after);

    /// What to write next, both empty at the end; nullopt where the promised length cannot be kept. Valid until the
    /// next call.
    std::optional<std::array<std::string_view, 2>> next_buffers();
    /// How long to wait before that is written.
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
    BodyThrottle throttle_{};
    std::chrono::microseconds delay_{};
};

/// An answer of one line of text.
Response text_response(int status, std::string_view line);

/// What `make` answers, compressed where that pays; its failure is an answer too.
Response make_response(const MakeResponse& make, std::string_view accept_encoding);

}  // namespace freshet::http
