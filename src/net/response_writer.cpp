// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/response_writer.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "net/gzip.hpp"

#include <fmt/format.h>
#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace freshet::http {

namespace {

namespace beast = boost::beast;

bool can_be_sent(const Headers& headers) {
    return std::ranges::none_of(headers, [](const auto& header) {
        return header.first.find_first_of("\r\n") != std::string::npos ||
               header.second.find_first_of("\r\n") != std::string::npos;
    });
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

/// Returns the value of Content-Length, if it is sent: for HEAD, that of the body which a GET would return.
std::optional<std::string> content_length(const Response& response) {
    if (response.next_piece) return std::nullopt;  // until the connection closes
    const auto length = response.file ? response.file->length : response.body.size();
    const auto stated = response.header("Content-Length");
    if (length == 0 && stated) return stated;
    if (!has_body(response.status)) return std::nullopt;
    return std::to_string(length);
}

bool is_set_by_server(std::string_view name) {
    constexpr std::array<std::string_view, 3> reserved{"content-length", "connection", "transfer-encoding"};
    return std::ranges::any_of(reserved, [&](auto one) { return equal_ignoring_case(one, name); });
}

std::string head_text(const Response& response, ResponseWriter::AfterResponse after) {
    const auto status = static_cast<unsigned>(response.status);
    const auto phrase = beast::http::obsolete_reason(beast::http::int_to_status(status));
    std::string text = fmt::format("HTTP/1.1 {} {}\r\n", status, std::string_view{phrase.data(), phrase.size()});
    const auto add = [&](std::string_view name, std::string_view value) {
        text.append(name).append(": ").append(value).append("\r\n");
    };
    for (const auto& [name, value] : response.headers) {
        if (!is_set_by_server(name)) add(name, value);
    }
    if (const auto length = content_length(response)) add("Content-Length", *length);
    if (after == ResponseWriter::AfterResponse::close) add("Connection", "close");
    return text + "\r\n";
}

}  // namespace

Response text_response(int status, std::string_view line) {
    return {.status = status,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = fmt::format("{}\n", line)};
}

Response make_response(const MakeResponse& make, std::string_view accept_encoding) {
    try {
        Response response = make();
        compress(response, accept_encoding);
        if (can_be_sent(response.headers)) return response;
        return text_response(500, "a response header contains a line break");
    } catch (const std::exception& error) {
        const std::string_view text = error.what();
        return text_response(500, text.substr(0, text.find('\n')));
    }
}

ResponseWriter::ResponseWriter(Response response, Body body, AfterResponse after)
    : until_sent_(std::move(response.until_sent)), throttle_(response.fault) {
    if (response.file) open(*response.file);
    head_ = head_text(response, after);
    const bool is_bodiless = body == Body::withheld || !has_body(response.status);
    if (is_bodiless) {
        file_left_ = 0;
        return;
    }
    if (!response.file) body_ = std::move(response.body);
    make_piece_ = std::move(response.next_piece);
}

void ResponseWriter::set_piece(std::string piece) {
    if (piece.empty()) make_piece_ = nullptr;
    body_ = std::move(piece);
    body_written_ = 0;
}

void ResponseWriter::open(const FileRegion& region) {
    boost::system::error_code error;
    file_.open(region.path.c_str(), beast::file_mode::scan, error);
    if (!error) file_.seek(region.offset, error);
    if (error) throw Error(fmt::format("open '{}': {}", region.path.native(), error.message()));
    file_left_ = region.length;
}

std::optional<std::array<std::string_view, 2>> ResponseWriter::next_buffers() {
    const auto head = std::string_view{head_}.substr(is_head_written_ ? head_.size() : 0);
    is_head_written_ = true;
    const auto piece = next_piece();
    const bool is_all_written = file_left_ == 0 && body_written_ == body_.size();
    const bool is_cut = head.empty() && piece && piece->empty() && !is_all_written;
    if (!piece || is_cut) return std::nullopt;
    throttle_.on_written(piece->size());
    delay_ = throttle_.delay(piece->size());
    return std::array{head, *piece};
}

/// Returns the next piece of the body, empty at its end; nullopt if the file cannot be read.
std::optional<std::string_view> ResponseWriter::next_piece() {
    const auto allowance = throttle_.allowance();
    if (allowance == 0) return std::string_view{};
    if (file_left_ == 0) {
        const auto piece = std::string_view{body_}.substr(body_written_, allowance);
        body_written_ += piece.size();
        return piece;
    }
    boost::system::error_code error;
    piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file_left_, allowance)));
    const std::size_t size = file_.read(piece_.data(), piece_.size(), error);
    if (error || size == 0) return std::nullopt;
    file_left_ -= size;
    return std::string_view{piece_}.substr(0, size);
}

}  // namespace freshet::http
