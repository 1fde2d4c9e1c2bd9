// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/http_session.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>

namespace freshet::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

using ErrorCode = beast::error_code;

constexpr std::size_t drain_size = 64u << 10;                 // of a read whose bytes nobody wants
constexpr auto drain_time = std::chrono::milliseconds{2000};  // for the client to read an answer before the close

Response plain_text(int status, std::string_view line) {
    return {.status = status,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = fmt::format("{}\n", line)};
}

/// The status that answers what the parser refused, or nullopt where nobody is there to read an answer.
std::optional<int> status_of_refusal(ErrorCode error) {
    if (error == bhttp::error::end_of_stream || error == bhttp::error::partial_message) return std::nullopt;
    if (error == bhttp::error::body_limit) return 413;
    if (error == bhttp::error::header_limit) return 431;
    if (error.category() == make_error_code(bhttp::error::bad_method).category()) return 400;
    return std::nullopt;
}

Request to_request(bhttp::request<bhttp::string_body>&& message) {
    Request request{.method = std::string{message.method_string()}, .url = std::string{message.target()}};
    for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
    request.body = std::move(message.body());
    return request;
}

bool can_be_sent(const Headers& headers) {
    return std::ranges::none_of(headers, [](const auto& header) {
        return (header.first + header.second).find_first_of("\r\n") != std::string::npos;
    });
}

/// What is answered; the failure to make it is an answer too.
Response made_by(const MakeResponse& make) {
    try {
        Response response = make();
        if (can_be_sent(response.headers)) return response;
        return plain_text(500, "a header of the answer holds a line break");
    } catch (const std::exception& error) {
        const std::string_view text = error.what();
        return plain_text(500, text.substr(0, text.find('\n')));
    }
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

/// The length that the header states, where it states one: that of the body which a GET would bring.
std::optional<std::string> content_length(const Response& response) {
    const auto length = response.file ? response.file->length : response.body.size();
    const auto given = response.header("Content-Length");
    if (length == 0 && given) return given;
    if (!has_body(response.status)) return std::nullopt;
    return std::to_string(length);
}

std::string head_text(const Response& response, const std::optional<std::string>& length, bool keep_alive) {
    constexpr std::array<std::string_view, 3> ours{"content-length", "connection", "transfer-encoding"};
    const auto is_ours = [&](std::string_view name) {
        return std::ranges::any_of(ours, [&](auto own) {
            return beast::iequals({own.data(), own.size()}, {name.data(), name.size()});
        });
    };
    const auto phrase = bhttp::obsolete_reason(bhttp::int_to_status(static_cast<unsigned>(response.status)));
    std::string text = fmt::format("HTTP/1.1 {} {}\r\n", response.status, std::string{phrase});
    for (const auto& [name, value] : response.headers) {
        if (!is_ours(name)) text += fmt::format("{}: {}\r\n", name, value);
    }
    if (length) text += fmt::format("Content-Length: {}\r\n", *length);
    if (!keep_alive) text += "Connection: close\r\n";
    return text + "\r\n";
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, Strand strand, Service& service)
    : service_(service), strand_(std::move(strand)), stream_(std::move(socket)), pause_(stream_.get_executor()) {
    ErrorCode ignored;  // an answer in two packets would otherwise wait for the client's acknowledgement
    stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    const std::lock_guard lock{service_.mutex};
    service_.sessions.insert(this);
}

Session::~Session() {
    *is_gone_ = true;
    const std::lock_guard lock{service_.mutex};
    service_.sessions.erase(this);
}

void Session::start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_header(); });
}

void Session::finish() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
        self->next_ = Next::close;
        if (self->idle_) self->stream_.close();
    });
}

void Session::read_header() {
    idle_ = true;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(service_.options.header_limit));
    parser_->body_limit(service_.options.body_limit);
    stream_.expires_after(service_.options.idle_timeout);
    bhttp::async_read_header(stream_, input_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
        self->idle_ = false;
        self->on_header(error);
    });
}

void Session::on_header(ErrorCode error) {
    if (error) return refuse(error);
    if (!beast::iequals(parser_->get()[bhttp::field::expect], "100-continue")) return read_body();
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(service_.options.idle_timeout);
    asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](ErrorCode failed, std::size_t) {
        if (!failed) self->read_body();
    });
}

void Session::read_body() {
    if (parser_->is_done()) return on_request();
    stream_.expires_after(service_.options.idle_timeout);
    bhttp::async_read_some(stream_, input_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
        return error ? self->refuse(error) : self->read_body();
    });
}

void Session::on_request() {
    auto message = parser_->release();
    if (!message.keep_alive() || message.version() < 11) next_ = Next::close;
    head_only_ = message.method() == bhttp::verb::head;
    Request request = to_request(std::move(message));
    ErrorCode error;
    request.peer = stream_.socket().remote_endpoint(error).address().to_string();
    request.is_wanted = [is_gone = is_gone_] { return !*is_gone; };
    pause_.expires_at(std::chrono::steady_clock::time_point::max());  // holds the session until there is an answer
    pause_.async_wait([self = shared_from_this()](ErrorCode) {});
    hand_over(std::move(request));
}

void Session::hand_over(Request request) {
    const auto exchange = std::make_shared<Exchange>(service_.gate, weak_from_this());
    try {
        service_.handler(std::move(request), [exchange](MakeResponse make) { exchange->answer(std::move(make)); });
    } catch (const std::exception& error) {
        exchange->answer([text = std::string{error.what()}]() -> Response { throw Error(text); });
    }
}

void Session::answer(const MakeResponse& make) {
    pause_.cancel();
    send(made_by(make));
}

void Session::post(MakeResponse make) {
    asio::post(strand_, [self = shared_from_this(), make = std::move(make)] { self->answer(make); });
}

void Session::refuse(ErrorCode error) {
    const auto status = status_of_refusal(error);
    if (!status) return;
    next_ = Next::drain;  // where the next request would begin is unknown
    head_only_ = false;
    send(plain_text(*status, error.message()));
}

void Session::send(Response response) {
    body_sent_ = 0;
    file_left_ = 0;
    pace_ = Pace(response.disturbance);
    try {
        if (response.file) open(*response.file);
    } catch (const Error& error) {
        response = plain_text(500, error.what());
    }
    head_ = head_text(response, content_length(response), next_ == Next::read);
    const bool bodiless = head_only_ || !has_body(response.status);
    body_ = bodiless || response.file ? std::string{} : std::move(response.body);
    if (bodiless) file_left_ = 0;
    write();
}

void Session::open(const FileRegion& region) {
    ErrorCode error;
    file_.open(region.path.c_str(), beast::file_mode::scan, error);
    if (!error) file_.seek(region.offset, error);
    if (error) throw Error(fmt::format("open '{}': {}", region.path.native(), error.message()));
    file_left_ = region.length;
}

/// The next part of the body, empty at its end; nullopt when the file cannot be read on.
std::optional<std::string_view> Session::next_piece() {
    const auto allowance = pace_.allowance();
    if (allowance == 0) return std::string_view{};
    if (file_left_ == 0) {
        const auto piece = std::string_view{body_}.substr(body_sent_, allowance);
        body_sent_ += piece.size();
        return piece;
    }
    ErrorCode error;
    piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file_left_, allowance)));
    const std::size_t size = file_.read(piece_.data(), piece_.size(), error);
    if (error || size == 0) return std::nullopt;
    file_left_ -= size;
    return std::string_view{piece_}.substr(0, size);
}

void Session::write() {
    const auto piece = next_piece();
    const bool is_all_written = file_left_ == 0 && body_sent_ == body_.size();
    const bool is_cut = head_.empty() && pace_.allowance() == 0 && !is_all_written;
    if (!piece || is_cut) return stream_.close();  // the promised length cannot be kept: the client must notice
    if (head_.empty() && piece->empty()) return on_answered();
    pace_.wrote(piece->size());
    const auto pause = pace_.pause(piece->size());
    if (pause == pause.zero()) return write(*piece);
    pause_.expires_after(pause);
    pause_.async_wait([self = shared_from_this(), piece = *piece](ErrorCode) { self->write(piece); });
}

void Session::write(std::string_view piece) {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(piece)};
    stream_.expires_after(service_.options.idle_timeout);
    asio::async_write(stream_, buffers, [self = shared_from_this()](ErrorCode error, std::size_t) {
        self->head_.clear();
        if (!error) self->write();
    });
}

void Session::on_answered() {
    body_.clear();
    ErrorCode ignored;
    file_.close(ignored);
    if (next_ == Next::read) return read_header();
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (next_ == Next::close) return;
    // A close while input is unread would destroy the answer on its way: let the client close first.
    idle_ = true;
    stream_.expires_after(drain_time);
    drain();
}

void Session::drain() {
    piece_.resize(drain_size);
    stream_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (!error) self->drain();
    });
}

}  // namespace freshet::http
