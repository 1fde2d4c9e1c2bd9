// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "net/request_parser.hpp"
#include "net/response_writer.hpp"
#include "net/server_context.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace freshet::http {

/// Server side of one client connection: reads a request, calls the handler, writes the response, reads the next. The
/// pending timer keeps it alive until it is closed. Runs on the one thread of its loop; other threads may call only
/// post_response() and the functions of Connection.
class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection> {
public:
    using Executor = boost::asio::io_context::executor_type;
    using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;

    HttpConnection(Socket socket, ServerContext& context);
    ~HttpConnection() override;

    void start();
    void close_gracefully() override;
    void close_if_idle() override;
    SteadyTime idle_since() const override { return idle_since_; }

    bool is_own_thread() const { return loop_.running_in_this_thread(); }
    /// Responds to the current request.
    void respond(MakeResponse make);
    /// Posts respond() to the loop. Thread-safe.
    void post_response(MakeResponse make);

private:
    using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    enum class State {
        receiving,   ///< waiting for a request or its remainder
        processing,  ///< waiting for the handler's response
        sending,     ///< writing a response
        draining,    ///< last response written; waiting for the client to close first
        closed
    };
    enum class Next { read, close, drain };
    /// Body that did not come with its header.
    enum class Body { undecided, waits_for_memory, accepted };

    void next_request();
    void read();
    void on_read(boost::system::error_code error, std::size_t size);
    void on_read_error(boost::system::error_code error);
    void parse();
    void check_header_memory();
    void reserve_body();
    void receive_body(std::shared_ptr<BudgetShare> share);
    void send_continue();
    void on_request();
    void call_handler(Request request);
    static void call_handler(const ServerContext& context, Request request, std::shared_ptr<PendingResponse> pending);
    void make_in_pool(MakeResponse make);
    void reject(const RequestError& error);
    void refuse(Response response);
    void send(Response response, ResponseWriter::Body body);
    void write();
    void write(const std::array<std::string_view, 2>& pieces);
    void make_piece();
    void on_piece(std::string piece);
    void on_response_sent();
    void close();

    void expire_at(SteadyTime deadline);
    void expire_after(std::chrono::milliseconds time);
    void arm_timer();

    ServerContext& context_;
    Socket socket_;
    Executor loop_;
    std::string peer_;
    State state_ = State::receiving;
    Next next_ = Next::read;                         // after the current response
    std::atomic<SteadyTime> idle_since_ = not_idle;  // read by other threads
    std::shared_ptr<std::atomic<bool>> is_disconnected_ =
        std::make_shared<std::atomic<bool>>(false);  // shared with requests, which outlive this

    std::array<char, 16384> input_;  // [begin_, end_) is unparsed
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool is_reading_ = false;
    bool is_eof_ = false;  // the client has closed its sending side
    std::optional<RequestParser> parser_;
    std::unique_ptr<BudgetShare> header_share_;  // null: the header is short
    Body incoming_body_ = Body::undecided;
    std::shared_ptr<BudgetShare> body_share_;  // from the check of its header until its request is handed over
    bool is_continue_sent_ = false;
    SteadyTime request_deadline_{};

    ResponseWriter::Body body_ = ResponseWriter::Body::sent;
    std::string accept_encoding_;
    ResponseWriter writer_;
    Timer delay_timer_;

    SteadyTime deadline_ = SteadyTime::max();
    SteadyTime armed_until_ = SteadyTime::max();  // expiry of the running timer, at which it re-checks the deadline
    Timer timer_;
};

}  // namespace freshet::http
