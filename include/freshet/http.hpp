// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A client and a server of HTTP.
namespace freshet::http {

/// Names and values, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that name, in any case of letters.
std::optional<std::string> find_header(const Headers& headers, std::string_view name);

/// A URL as messages may show it: without password and query, which can hold a token or a long document.
std::string redacted_url(std::string_view url);

/// Part of a file.
struct FileRegion {
    std::filesystem::path path;  ///< of the file
    std::uint64_t offset = 0;    ///< of its first byte
    std::uint64_t length = 0;    ///< in bytes
};

struct Response;

/// A request, sent by a client or given to a handler.
struct Request {
    std::string method = "GET";  ///< in capitals
    std::string url;    ///< to a server: absolute, or http+unix://%2Fsocket/path; in a handler: path and query, as sent
    Headers headers{};  ///< in order; names in any case of letters
    std::string body{};                                 ///< empty: none
    std::chrono::milliseconds connect_timeout{10'000};  ///< gives up when there is no connection by then
    std::chrono::milliseconds stall_timeout{30'000};    ///< gives up when less than a byte a second arrived for so long
    std::stop_token stop{};                             ///< to a server: once asked to stop, it gives up, too
    std::string peer{};  ///< given to a handler: who asks, "127.0.0.1" or, through a unix socket, "unix"
    /// Given to a handler: false once the client has gone, so that no answer would be read. From any thread, at any
    /// time.
    std::function<bool()> is_connected = [] { return true; };
    std::optional<FileRegion> body_file{};  ///< to a server: sent in place of the body, never loaded whole
    /// To a server: takes the body of a 2xx response piece by piece as it arrives, in place of Response::body. What it
    /// throws ends the transfer, and is thrown by send().
    std::function<void(std::string_view)> receive{};
    /// To a server: gets status and headers of that response before.
    std::function<void(const Response&)> receive_headers{};
    /// To a server: follows as many redirects, one more is an Error; 0: a redirect is the response. Another host gets
    /// neither Authorization nor cookies.
    int max_redirects = 0;
    bool decodes_gzip = false;  ///< to a server: asks for gzip, and decodes the body
};

/// Faults injected into a response, for servers that simulate unreliable networks.
struct Fault {
    std::optional<std::uint64_t> cut_after{};         ///< the connection ends after so many bytes of the body
    std::optional<std::uint64_t> bytes_per_second{};  ///< the body comes no faster
};

/// Takes the next piece of a body, an empty one at its end. From any thread, at any time, once.
using SendPiece = std::function<void(std::string)>;

/// A response, of a server or of a handler.
struct Response {
    int status = 200;                  ///< of HTTP
    Headers headers{};                 ///< in order; names in any case of letters
    std::string body{};                ///< whole, unless it was received piece by piece
    std::optional<FileRegion> file{};  ///< given by a handler: sent in place of the body, never loaded whole
    Fault fault{};                     ///< given by a handler
    /// Given by a handler: makes a body without a known length, sent in place of `body`. Called for each piece when the
    /// one before has been sent, on a thread of the server; must not block.
    std::function<void(SendPiece)> next_piece{};
    /// Given by a handler: released once the response has been sent, or given up.
    std::shared_ptr<const void> until_sent{};

    /// The value of the first header of that name, in any case of letters.
    std::optional<std::string> header(std::string_view name) const { return find_header(headers, name); }
};

/// The delay in Retry-After (seconds or a date); nullopt without that header.
std::optional<std::chrono::seconds> retry_after(const Response& response);

/// Speaks HTTP. Any status is an answer; no answer, or one cut short, is a TransientError. Messages name the URL
/// without its query and credentials.
class Client {
public:
    virtual ~Client() = default;
    /// Sends the request and waits for its answer. Throws TransientError without one, Error for a URL that is none.
    virtual Response send(const Request& request) = 0;
};

/// A client that keeps connections open between requests. Safe to use from many threads at once.
std::unique_ptr<Client> make_client();

/// Sends the request and puts the body of a 2xx response in place as `file`, whole or not at all, while it takes little
/// memory. Any other response leaves the file as it is. Its folder must exist. Where the connection breaks, asks for
/// the rest as long as the server has the same content, by its ETag or Last-Modified, and returns the response to the
/// last request, which is 206 then; gives up after three in a row that bring nothing.
Response download(Client& client, Request request, const std::filesystem::path& file);

/// Answers one request; called from several threads at once, and may block. What it throws becomes a 500. The server
/// sets Content-Length, and answers HEAD with the headers alone: where both body and file are empty, the handler's own
/// Content-Length is kept.
using Handler = std::function<Response(const Request&)>;

/// Makes an answer, on a thread of the server; what it throws becomes a 500.
struct MakeResponse : std::function<Response()> {
    using std::function<Response()>::function;
    bool takes_long = false;  ///< made apart from the threads that serve connections, so that nobody else waits for it
};

/// Takes the answer to one request: to be called once, from any thread, at any time; later calls do nothing, and after
/// the end of the server none does. A request whose Responder is dropped uncalled gets a 500.
using Responder = std::function<void(MakeResponse)>;

/// Sees to it that one request is answered, now or later; called from several threads at once, and must not block. What
/// it throws becomes a 500. While an answer is awaited, no timeout runs. Requests with long bodies are handed over on a
/// thread of their own, where taking them apart keeps nobody else waiting.
using AsyncHandler = std::function<void(Request, Responder)>;

/// Decision on a request whose header is complete and whose body is not.
struct HeaderCheck {
    std::size_t body_limit = std::numeric_limits<std::size_t>::max();  ///< beside that of the server
    std::optional<Response> refusal{};                                 ///< sent at once; the body is discarded
};

/// Decides on a request by its header, so that nobody who is refused makes the server hold a body. Called on the
/// threads that serve connections, and not for a body that came with its header; must not block.
using CheckHeader = std::function<HeaderCheck(const Request& header)>;

/// Options of a Server.
struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                              ///< 0: any free one
    std::optional<std::filesystem::path> unix_socket{};  ///< listened on instead of the address, by this user alone
    int threads = 2;                                     ///< for connections; as many again run slow handlers
    std::size_t header_limit = 64u << 10;                ///< request line and headers; a query may hold a JSON document
    std::size_t body_limit = 16u << 20;                  ///< of one body, in bytes; a longer one gets 413
    /// Memory for all headers at once that are longer than 8 KB, and for all bodies longer than 16 KB, until they are
    /// answered. A header beyond it is refused; a body waits unread in its connection.
    std::size_t header_budget = 8u << 20;
    std::size_t body_budget = 32u << 20;                                      ///< in bytes
    CheckHeader check_header = [](const Request&) { return HeaderCheck{}; };  ///< by default nobody is refused
    std::chrono::milliseconds idle_timeout{
        30'000};  ///< a client that keeps a read or write waiting longer is disconnected
    std::chrono::milliseconds request_timeout{60'000};  ///< from the first byte of a request to its last
    std::size_t max_connections =
        10'000;  ///< one more, and the one idle longest is closed; fewer where a process may open fewer files
    std::chrono::milliseconds drain_timeout{5'000};  ///< for the requests under way when the server ends
};

/// An HTTP/1.1 server that runs from its construction to its destruction, which first answers the requests under way;
/// those without an answer by then lose their connection.
class Server {
public:
    /// Throws Error when the address cannot be listened on.
    Server(ServerOptions options, Handler handler);
    Server(ServerOptions options, AsyncHandler handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;  ///< 0 for a unix socket

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace freshet::http
