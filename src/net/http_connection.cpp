// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/http_connection.hpp"

#include "freshet/error.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace freshet::http {

namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using tcp = asio::ip::tcp;

// Sizes that a request may have without a share of the budgets: most have not more.
constexpr std::size_t free_header_size = 8u << 10;
constexpr std::size_t free_body_size = 16u << 10;
constexpr std::size_t long_body_size = 64u << 10;  // takes milliseconds to parse

constexpr auto drain_time = std::chrono::milliseconds{2000};  // for the client to read the response before the close

SteadyTime now() { return std::chrono::steady_clock::now(); }

std::string peer_of(const HttpConnection::Socket& socket) {
    ErrorCode error;
    const auto generic = socket.remote_endpoint(error);
    if (generic.protocol().family() == AF_UNIX) return "unix";
    tcp::endpoint endpoint;
    if (error || generic.size() > endpoint.capacity()) return "";
    std::memcpy(endpoint.data(), generic.data(), generic.size());
    return endpoint.address().to_string();
}

/// Lowers the priority of this thread: whoever reads a long response can wait for those who work.
void yield_to_others() {
    constexpr int nice = 10;
    thread_local const int done = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
    static_cast<void>(done);
}

}  // namespace

HttpConnection::HttpConnection(Socket socket, ServerContext& context)
    : context_(context),
      socket_(std::move(socket)),
      loop_(socket_.get_executor()),
      peer_(peer_of(socket_)),
      delay_timer_(loop_),
      timer_(loop_) {
    ErrorCode ignored;  // without it, the second packet of a response waits for the client's ACK
    if (peer_ != "unix") socket_.set_option(tcp::no_delay{true}, ignored);
}

HttpConnection::~HttpConnection() {
    *is_disconnected_ = true;
    context_.connections.remove(this);
}

void HttpConnection::start() {
    idle_since_ = now();
    context_.connections.add(this, weak_from_this());
    asio::post(loop_, [self = shared_from_this()] { self->next_request(); });
}

void HttpConnection::close_gracefully() {
    asio::post(loop_, [self = shared_from_this()] {
        self->next_ = Next::close;
        const bool is_response_due = self->state_ == State::processing || self->state_ == State::sending;
        if (!is_response_due && !(self->state_ == State::receiving && self->parser_ && self->parser_->has_header())) {
            self->close();
        }
    });
}

void HttpConnection::close_if_idle() {
    idle_since_ = not_idle;  // keeps other callers from choosing it again
    asio::post(loop_, [self = shared_from_this()] {
        if (self->state_ == State::receiving) self->close();
    });
}

void HttpConnection::next_request() {
    if (state_ == State::closed) return;
    state_ = State::receiving;
    parser_.emplace(RequestLimits{.header = context_.options.header_limit, .body = context_.options.body_limit});
    header_share_.reset();
    incoming_body_ = Body::undecided;
    is_continue_sent_ = false;
    request_deadline_ = SteadyTime::max();
    idle_since_ = now();
    parse();
}

void HttpConnection::read() {
    if (is_reading_ || is_eof_) return;
    if (begin_ > 0) {
        std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == input_.size()) return;  // pipelined requests wait in the socket
    is_reading_ = true;
    socket_.async_read_some(asio::buffer(input_) + end_,
                            [self = shared_from_this()](ErrorCode error, std::size_t size) {
                                self->is_reading_ = false;
                                self->on_read(error, size);
                            });
}

void HttpConnection::on_read(ErrorCode error, std::size_t size) {
    if (state_ == State::closed) return;
    if (error) return on_read_error(error);
    end_ += size;
    if (state_ == State::receiving) return parse();
    if (state_ == State::draining) end_ = begin_;
    read();  // reads ahead to detect a disconnect
}

void HttpConnection::on_read_error(ErrorCode error) {
    is_eof_ = true;
    const bool is_response_due = state_ == State::processing || state_ == State::sending;
    if (!is_response_due) return close();
    *is_disconnected_ = true;
    // After EOF the client may still read (half-closed), but nobody waits for a body without an end.
    if (error != asio::error::eof || writer_.is_streaming()) close();
}

void HttpConnection::parse() {
    const auto present = now();
    try {
        const bool had_begun = parser_->has_begun();
        begin_ += parser_->take({input_.data() + begin_, end_ - begin_});
        if (!had_begun && parser_->has_begun()) request_deadline_ = present + context_.options.request_timeout;
        check_header_memory();
        if (parser_->has_header() && !parser_->is_done()) reserve_body();
    } catch (const RequestError& error) {
        return reject(error);
    }
    if (state_ != State::receiving) return;  // refused
    if (incoming_body_ == Body::waits_for_memory) return expire_at(request_deadline_);
    if (parser_->is_done()) return on_request();
    if (is_eof_) return close();
    expire_at(std::min(present + context_.options.idle_timeout, request_deadline_));
    if (parser_->waits_for_continue() && !is_continue_sent_) return send_continue();
    read();
}

void HttpConnection::check_header_memory() {
    if (parser_->header_size() <= free_header_size) return;
    if (!header_share_) header_share_ = std::make_unique<BudgetShare>(context_.headers);
    if (!header_share_->try_grow_to(parser_->header_size())) throw RequestError(503, "too many long headers at once");
}

/// Decides once on a body that did not come with its header, and keeps its size within the budget.
void HttpConnection::reserve_body() {
    if (incoming_body_ == Body::waits_for_memory) return;
    const auto size = static_cast<std::size_t>(parser_->body_size());
    if (incoming_body_ == Body::accepted) {  // grows by chunks; waits no more, or two could wait for each other
        if (size > free_body_size && !body_share_) body_share_ = std::make_shared<BudgetShare>(context_.bodies);
        if (body_share_ && !body_share_->try_grow_to(size)) throw RequestError(503, "too many long bodies at once");
        return;
    }
    parser_->request().peer = peer_;
    HeaderCheck header_check = context_.options.check_header(parser_->request());
    if (header_check.refusal) return refuse(*std::move(header_check.refusal));
    parser_->limit_body(header_check.body_limit);
    incoming_body_ = size > free_body_size ? Body::waits_for_memory : Body::accepted;
    if (incoming_body_ == Body::accepted) return;
    context_.bodies->acquire(size, [lifetime = context_.lifetime, weak = weak_from_this()](const auto& share) {
        lifetime->run_if_alive([&] {
            if (const auto self = weak.lock()) asio::post(self->loop_, [self, share] { self->receive_body(share); });
        });
    });
}

void HttpConnection::receive_body(std::shared_ptr<BudgetShare> share) {
    if (state_ != State::receiving) return;
    incoming_body_ = Body::accepted;
    body_share_ = std::move(share);
    parser_->reserve_body();
    parse();
}

void HttpConnection::send_continue() {
    static constexpr std::string_view interim_response = "HTTP/1.1 100 Continue\r\n\r\n";
    is_continue_sent_ = true;
    asio::async_write(socket_, asio::buffer(interim_response),
                      [self = shared_from_this()](ErrorCode error, std::size_t) {
                          if (self->state_ == State::closed) return;
                          return error ? self->close() : self->read();
                      });
}

void HttpConnection::on_request() {
    state_ = State::processing;
    idle_since_ = not_idle;
    expire_at(SteadyTime::max());
    if (!parser_->keep_alive()) next_ = Next::close;
    Request request = parser_->release();
    request.peer = peer_;
    // The share lasts as long as anybody works on the request.
    request.is_connected = [is_disconnected = is_disconnected_, share = std::exchange(body_share_, nullptr)] {
        return !*is_disconnected;
    };
    body_ = request.method == "HEAD" ? ResponseWriter::Body::withheld : ResponseWriter::Body::sent;
    accept_encoding_ = find_header(request.headers, "Accept-Encoding").value_or("");
    call_handler(std::move(request));
    if (state_ == State::processing) read();
}

void HttpConnection::call_handler(Request request) {
    auto pending = std::make_shared<PendingResponse>(context_.lifetime, weak_from_this());
    if (request.body.size() < long_body_size) return call_handler(context_, std::move(request), std::move(pending));
    asio::post(context_.request_pool,
               [&context = context_, request = std::move(request), pending = std::move(pending)]() mutable {
                   call_handler(context, std::move(request), std::move(pending));
               });
}

void HttpConnection::call_handler(const ServerContext& context, Request request,
                                  std::shared_ptr<PendingResponse> pending) {
    try {
        context.handler(std::move(request), [pending](MakeResponse make) { pending->respond(std::move(make)); });
    } catch (const std::exception& error) {
        pending->respond([text = std::string{error.what()}]() -> Response { throw Error(text); });
    }
}

void HttpConnection::respond(MakeResponse make) {
    if (state_ != State::processing) return;
    if (make.takes_long) return make_in_pool(std::move(make));
    send(make_response(make, accept_encoding_), body_);
}

void HttpConnection::make_in_pool(MakeResponse make) {
    asio::post(context_.response_pool,
               [self = shared_from_this(), make = std::move(make), accepted = accept_encoding_] {
                   yield_to_others();
                   asio::post(self->loop_, [self, response = make_response(make, accepted)]() mutable {
                       if (self->state_ == State::processing) self->send(std::move(response), self->body_);
                   });
               });
}

void HttpConnection::post_response(MakeResponse make) {
    asio::post(loop_,
               [self = shared_from_this(), make = std::move(make)]() mutable { self->respond(std::move(make)); });
}

void HttpConnection::reject(const RequestError& error) {
    Response response = text_response(error.status(), error.what());
    if (error.status() == 503) response.headers.emplace_back("Retry-After", "1");
    refuse(std::move(response));
}

/// Responds to a request that has not been read to its end.
void HttpConnection::refuse(Response response) {
    next_ = Next::drain;  // the start of the next request is unknown
    idle_since_ = not_idle;
    parser_.emplace(RequestLimits{});  // releases what was read
    header_share_.reset();
    body_share_.reset();
    send(std::move(response), ResponseWriter::Body::sent);
}

void HttpConnection::send(Response response, ResponseWriter::Body body) {
    state_ = State::sending;
    if (response.next_piece) next_ = Next::close;  // the end of the connection is the end of the body
    const auto after = next_ == Next::read ? ResponseWriter::AfterResponse::read : ResponseWriter::AfterResponse::close;
    try {
        writer_ = ResponseWriter(std::move(response), body, after);
    } catch (const Error& error) {
        writer_ = ResponseWriter(text_response(500, error.what()), body, after);
    }
    write();
}

void HttpConnection::write() {
    const auto pieces = writer_.next_buffers();
    if (!pieces) return close();  // truncated: the client must notice that Content-Length is not met
    if ((*pieces)[0].empty() && (*pieces)[1].empty()) return writer_.is_streaming() ? make_piece() : on_response_sent();
    if (writer_.delay().count() == 0) return write(*pieces);
    expire_at(SteadyTime::max());
    delay_timer_.expires_after(writer_.delay());
    delay_timer_.async_wait([self = shared_from_this(), pieces = *pieces](ErrorCode) { self->write(pieces); });
}

void HttpConnection::write(const std::array<std::string_view, 2>& pieces) {
    if (state_ == State::closed) return;
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(pieces[0]), asio::buffer(pieces[1])};
    expire_after(context_.options.idle_timeout);
    asio::async_write(socket_, buffers, [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (self->state_ == State::closed) return;
        return error ? self->close() : self->write();
    });
}

void HttpConnection::make_piece() {
    expire_at(SteadyTime::max());
    writer_.make_piece([lifetime = context_.lifetime, weak = weak_from_this()](std::string piece) {
        lifetime->run_if_alive([&] {
            const auto self = weak.lock();
            if (!self) return;
            asio::post(self->loop_, [self, piece = std::move(piece)]() mutable { self->on_piece(std::move(piece)); });
        });
    });
}

void HttpConnection::on_piece(std::string piece) {
    if (state_ != State::sending) return;
    writer_.set_piece(std::move(piece));
    write();
}

void HttpConnection::on_response_sent() {
    writer_ = ResponseWriter{};
    if (next_ == Next::read) return next_request();
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    if (next_ == Next::close || is_eof_) return close();
    // Closing with unread input resets the connection and loses the response in flight: let the client close first.
    state_ = State::draining;
    begin_ = end_ = 0;
    expire_after(drain_time);
    read();
}

void HttpConnection::close() {
    state_ = State::closed;
    idle_since_ = not_idle;
    *is_disconnected_ = true;
    ErrorCode ignored;
    socket_.close(ignored);
    delay_timer_.cancel();
    timer_.cancel();  // releases the reference it holds
}

void HttpConnection::expire_after(std::chrono::milliseconds time) { expire_at(now() + time); }

void HttpConnection::expire_at(SteadyTime deadline) {
    deadline_ = deadline;
    if (deadline_ < armed_until_) arm_timer();
}

/// Arms the timer lazily: most deadlines move before they are reached, so the timer is not reset each time but
/// re-checks the deadline when it fires.
void HttpConnection::arm_timer() {
    armed_until_ = deadline_;
    timer_.expires_at(armed_until_);
    timer_.async_wait([self = shared_from_this()](ErrorCode error) {
        if (error || self->state_ == State::closed) return;
        return now() < self->deadline_ ? self->arm_timer() : self->close();
    });
}

}  // namespace freshet::http
