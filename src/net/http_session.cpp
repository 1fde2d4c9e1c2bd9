// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/http_session.hpp"

#include "freshet/error.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstring>

namespace freshet::http {

namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto drain_time = std::chrono::milliseconds{2000};  // for the client to read an answer before the close

SteadyTime now() { return std::chrono::steady_clock::now(); }

std::string peer_of(const Session::Socket& socket) {
    ErrorCode error;
    const auto generic = socket.remote_endpoint(error);
    if (generic.protocol().family() == AF_UNIX) return "unix";
    tcp::endpoint endpoint;
    if (error || generic.size() > endpoint.capacity()) return "";
    std::memcpy(endpoint.data(), generic.data(), generic.size());
    return endpoint.address().to_string();
}

}  // namespace

Session::Session(Socket socket, Service& service)
    : service_(service),
      socket_(std::move(socket)),
      loop_(socket_.get_executor()),
      peer_(peer_of(socket_)),
      pause_(loop_),
      timer_(loop_) {
    ErrorCode ignored;  // an answer in two packets would otherwise wait for the client's acknowledgement
    if (peer_ != "unix") socket_.set_option(tcp::no_delay{true}, ignored);
}

Session::~Session() {
    *is_gone_ = true;
    service_.connections.remove(this);
}

void Session::start() {
    waits_since_ = now();
    service_.connections.add(this, weak_from_this());
    asio::post(loop_, [self = shared_from_this()] { self->next_request(); });
}

void Session::finish() {
    asio::post(loop_, [self = shared_from_this()] {
        self->next_ = Next::close;
        const bool owes_answer = self->state_ == State::held || self->state_ == State::sending;
        if (!owes_answer && !(self->state_ == State::receiving && self->parser_ && self->parser_->has_header())) {
            self->close();
        }
    });
}

void Session::yield_place() {
    waits_since_ = is_busy;  // nobody else asks it for the same
    asio::post(loop_, [self = shared_from_this()] {
        if (self->state_ == State::receiving) self->close();
    });
}

void Session::next_request() {
    if (state_ == State::closed) return;
    state_ = State::receiving;
    parser_.emplace(RequestLimits{.header = service_.options.header_limit, .body = service_.options.body_limit});
    is_told_to_continue_ = false;
    request_end_ = SteadyTime::max();
    waits_since_ = now();
    parse();
}

void Session::read() {
    if (is_reading_ || is_ended_) return;
    if (begin_ > 0) {
        std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == input_.size()) return;  // requests sent ahead wait in the network
    is_reading_ = true;
    socket_.async_read_some(asio::buffer(input_) + end_,
                            [self = shared_from_this()](ErrorCode error, std::size_t size) {
                                self->is_reading_ = false;
                                self->on_read(error, size);
                            });
}

void Session::on_read(ErrorCode error, std::size_t size) {
    if (state_ == State::closed) return;
    if (error) return on_end(error);
    end_ += size;
    if (state_ == State::receiving) return parse();
    if (state_ == State::draining) end_ = begin_;
    read();  // ahead, so that the client's going is noticed
}

void Session::on_end(ErrorCode error) {
    is_ended_ = true;
    const bool owes_answer = state_ == State::held || state_ == State::sending;
    if (!owes_answer) return close();
    *is_gone_ = true;
    if (error != asio::error::eof) close();  // else it may have closed one direction only, and read on
}

void Session::parse() {
    const auto present = now();
    try {
        const bool had_begun = parser_->has_begun();
        begin_ += parser_->take({input_.data() + begin_, end_ - begin_});
        if (!had_begun && parser_->has_begun()) request_end_ = present + service_.options.request_timeout;
    } catch (const RefusedRequest& refusal) {
        return refuse(refusal);
    }
    if (parser_->is_done()) return on_request();
    if (is_ended_) return close();
    expire_at(std::min(present + service_.options.idle_timeout, request_end_));
    if (parser_->waits_for_continue() && !is_told_to_continue_) return tell_to_continue();
    read();
}

void Session::tell_to_continue() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    is_told_to_continue_ = true;
    asio::async_write(socket_, asio::buffer(go_on), [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (self->state_ == State::closed) return;
        return error ? self->close() : self->read();
    });
}

void Session::on_request() {
    state_ = State::held;
    waits_since_ = is_busy;
    expire_at(SteadyTime::max());
    if (!parser_->keeps_connection()) next_ = Next::close;
    Request request = parser_->release();
    request.peer = peer_;
    request.is_wanted = [is_gone = is_gone_] { return !*is_gone; };
    body_ = request.method == "HEAD" ? Outgoing::Body::withheld : Outgoing::Body::sent;
    accept_encoding_ = find_header(request.headers, "Accept-Encoding").value_or("");
    hand_over(std::move(request));
    if (state_ == State::held) read();
}

void Session::hand_over(Request request) {
    const auto exchange = std::make_shared<Exchange>(service_.gate, weak_from_this());
    try {
        service_.handler(std::move(request), [exchange](MakeResponse make) { exchange->answer(std::move(make)); });
    } catch (const std::exception& error) {
        exchange->answer([text = std::string{error.what()}]() -> Response { throw Error(text); });
    }
}

void Session::answer(MakeResponse make) {
    if (state_ != State::held) return;
    if (make.takes_long) return make_apart(std::move(make));
    send(made_by(make, accept_encoding_), body_);
}

void Session::make_apart(MakeResponse make) {
    asio::post(service_.makers, [self = shared_from_this(), make = std::move(make), accepted = accept_encoding_] {
        asio::post(self->loop_, [self, response = made_by(make, accepted)]() mutable {
            if (self->state_ == State::held) self->send(std::move(response), self->body_);
        });
    });
}

void Session::post(MakeResponse make) {
    asio::post(loop_, [self = shared_from_this(), make = std::move(make)]() mutable { self->answer(std::move(make)); });
}

void Session::refuse(const RefusedRequest& refusal) {
    next_ = Next::drain;  // where the next request would begin is unknown
    waits_since_ = is_busy;
    send(plain_text(refusal.status(), refusal.what()), Outgoing::Body::sent);
}

void Session::send(Response response, Outgoing::Body body) {
    state_ = State::sending;
    const auto after = next_ == Next::read ? Outgoing::After::read : Outgoing::After::close;
    try {
        outgoing_ = Outgoing(std::move(response), body, after);
    } catch (const Error& error) {
        outgoing_ = Outgoing(plain_text(500, error.what()), body, after);
    }
    write();
}

void Session::write() {
    const auto pieces = outgoing_.next();
    if (!pieces) return close();  // the client must notice that the promised length is not kept
    if ((*pieces)[0].empty() && (*pieces)[1].empty()) return on_answered();
    if (outgoing_.pause().count() == 0) return write(*pieces);
    expire_at(SteadyTime::max());
    pause_.expires_after(outgoing_.pause());
    pause_.async_wait([self = shared_from_this(), pieces = *pieces](ErrorCode) { self->write(pieces); });
}

void Session::write(const std::array<std::string_view, 2>& pieces) {
    if (state_ == State::closed) return;
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(pieces[0]), asio::buffer(pieces[1])};
    expire_after(service_.options.idle_timeout);
    asio::async_write(socket_, buffers, [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (self->state_ == State::closed) return;
        return error ? self->close() : self->write();
    });
}

void Session::on_answered() {
    outgoing_ = Outgoing{};
    if (next_ == Next::read) return next_request();
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    if (next_ == Next::close || is_ended_) return close();
    // A close while input is unread would destroy the answer on its way: let the client close first.
    state_ = State::draining;
    begin_ = end_ = 0;
    expire_after(drain_time);
    read();
}

void Session::close() {
    state_ = State::closed;
    waits_since_ = is_busy;
    *is_gone_ = true;
    ErrorCode ignored;
    socket_.close(ignored);
    pause_.cancel();
    timer_.cancel();  // which held this session
}

void Session::expire_after(std::chrono::milliseconds time) { expire_at(now() + time); }

void Session::expire_at(SteadyTime deadline) {
    deadline_ = deadline;
    if (deadline_ < watched_) watch();
}

/// A deadline mostly moves on before it is reached: the timer is not set anew each time, but looks again when it fires.
void Session::watch() {
    watched_ = deadline_;
    timer_.expires_at(watched_);
    timer_.async_wait([self = shared_from_this()](ErrorCode error) {
        if (error || self->state_ == State::closed) return;
        return now() < self->deadline_ ? self->watch() : self->close();
    });
}

}  // namespace freshet::http
