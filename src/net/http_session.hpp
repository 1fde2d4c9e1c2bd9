// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "net/exchange.hpp"
#include "net/pace.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/file.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <mutex>
#include <unordered_set>

namespace freshet::http {

class Session;

/// What the sessions of a server share.
struct Service {
    ServerOptions options;
    AsyncHandler handler;
    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    std::mutex mutex{};
    std::unordered_set<Session*> sessions{};  // guarded by mutex
};

/// One client's connection: reads a request, answers it, reads the next. It owns itself: what it waits for holds it,
/// and it ends when it waits for nothing more. Everything of it runs on the strand of its socket.
class Session : public std::enable_shared_from_this<Session> {
public:
    using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

    Session(boost::asio::ip::tcp::socket socket, Strand strand, Service& service);
    ~Session();

    void start();
    /// Ends it: at once when it waits for a request, else after the answer to the present one. From any thread.
    void finish();

    bool runs_here() const { return strand_.running_in_this_thread(); }
    /// Answers the request under way, on the session's own thread.
    void answer(const MakeResponse& make);
    /// The same from any thread, later.
    void post(MakeResponse make);

private:
    enum class Next { read, close, drain };

    void read_header();
    void on_header(boost::beast::error_code error);
    void read_body();
    void on_request();
    void hand_over(Request request);
    void refuse(boost::beast::error_code error);
    void send(Response response);
    void open(const FileRegion& file);
    void write();
    void write(std::string_view piece);
    std::optional<std::string_view> next_piece();
    void on_answered();
    void drain();

    Service& service_;
    Strand strand_;
    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer input_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    bool idle_ = true;        // waits for the client, owes it nothing
    Next next_ = Next::read;  // what follows the present answer
    bool head_only_ = false;
    std::shared_ptr<std::atomic<bool>> is_gone_ =
        std::make_shared<std::atomic<bool>>(false);  // requests ask, later too

    // The answer under way: what is not written yet.
    std::string head_;
    std::string body_;
    std::size_t body_sent_ = 0;
    boost::beast::file file_;
    std::uint64_t file_left_ = 0;
    std::string piece_;
    Pace pace_;
    boost::asio::steady_timer pause_;
};

}  // namespace freshet::http
