// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "base/url_encoding.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"
#include "net/tls_client.hpp"
#include "net/transfer.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace freshet::http {

namespace {

using Milliseconds = std::chrono::milliseconds;

template <auto release>
struct Releaser {
    template <typename Handle>
    void operator()(Handle* handle) const {
        release(handle);
    }
};
using Easy = std::unique_ptr<CURL, Releaser<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Releaser<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Releaser<curl_slist_free_all>>;

/// Pair of curl handles for one transfer at a time; the multi handle keeps connections open between transfers.
struct CurlConnection {
    Easy easy;
    Multi multi;
};

CurlConnection make_connection() {
    // Lazy: a run without network access does not pay for initialising the TLS library.
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    CurlConnection connection;
    if (ready == CURLE_OK) {
        connection.easy.reset(curl_easy_init());
        connection.multi.reset(curl_multi_init());
    }
    if (!connection.easy || !connection.multi) throw Error("start the HTTP client: cannot initialise libcurl");
    return connection;
}

std::string request_label(const Request& request) {
    return fmt::format("{} '{}'", lower(request.method), redacted_url(request.url));
}

/// The state of libcurl's callbacks of one transfer. An exception cannot leave them: it is kept, and ends the transfer.
struct Transfer {
    explicit Transfer(const Request& request) : reader(request) {
        if (request.body_file) file.emplace(*request.body_file);
    }

    template <class Action>
    bool guard(Action action) noexcept {
        try {
            action();
            return true;
        } catch (...) {
            failure = std::current_exception();
            return false;
        }
    }

    ResponseReader reader;
    std::optional<FileBody> file{};
    std::exception_ptr failure{};
};

size_t receive_body(char* bytes, size_t size, size_t count, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    const std::string_view piece{bytes, size * count};
    return transfer.guard([&] { transfer.reader.body(piece); }) ? piece.size() : CURL_WRITEFUNC_ERROR;
}

size_t receive_header(char* bytes, size_t size, size_t count, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    const std::string_view line{bytes, size * count};
    return transfer.guard([&] { transfer.reader.header_line(line); }) ? line.size() : CURL_WRITEFUNC_ERROR;
}

size_t send_body(char* buffer, size_t size, size_t count, void* from) {
    auto& transfer = *static_cast<Transfer*>(from);
    size_t result = CURL_READFUNC_ABORT;
    transfer.guard([&] { result = transfer.file->read(buffer, size * count); });
    return result;
}

/// Called when a connection that the server has closed is replaced.
int seek_body(void* from, curl_off_t offset, int origin) {
    auto& transfer = *static_cast<Transfer*>(from);
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    const bool sought = transfer.guard([&] { transfer.file->seek(static_cast<std::uint64_t>(offset)); });
    return sought ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

HeaderList header_list(const Headers& headers) {
    curl_slist* list = nullptr;
    const auto append = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
    for (const auto& [name, value] : headers) append(value.empty() ? name + ";" : name + ": " + value);
    append("Expect:");  // disables the 1 s wait for "100 Continue" before a large body
    if (!find_header(headers, "Content-Type")) append("Content-Type:");  // else libcurl sends the type of a form
    return HeaderList{list};
}

/// URL of a request, and the unix socket to send it through.
struct ParsedUrl {
    std::string url;
    std::optional<SocketPath> unix_socket{};  ///< none: connect to the host over TCP
};

void configure_transfer(CURL* easy, const Request& request, const ParsedUrl& target, const curl_slist* headers) {
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_URL, target.url.c_str());
    if (target.unix_socket) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, target.unix_socket->name().c_str());
        // Else libcurl would take a later socket of this name for the same one.
        if (target.unix_socket->is_temporary()) curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "freshet");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request.decodes_gzip) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (request.body_file) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body_file->length));
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void configure_callbacks(CURL* easy, Transfer& transfer) {
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    if (!transfer.file) return;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, send_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek_body);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, &transfer);
}

/// Detects a transfer without progress, in either direction, for longer than the limit.
class StallDetector {
public:
    StallDetector(CURL* easy, Milliseconds limit) : easy_(easy), limit_(limit), last_progress_(Clock::now()) {}

    /// Returns the time left before the transfer counts as stalled.
    Milliseconds left() {
        const auto moved = info(CURLINFO_SIZE_DOWNLOAD_T) + info(CURLINFO_SIZE_UPLOAD_T) + header_bytes();
        const bool connecting = info(CURLINFO_PRETRANSFER_TIME_T) == 0;  // limited by connect_timeout instead
        const auto now = Clock::now();
        if (connecting || moved != bytes_moved_) last_progress_ = now;
        bytes_moved_ = moved;
        return limit_ - std::chrono::duration_cast<Milliseconds>(now - last_progress_);
    }

private:
    using Clock = std::chrono::steady_clock;

    curl_off_t info(CURLINFO which) const {
        curl_off_t value = 0;
        curl_easy_getinfo(easy_, which, &value);
        return value;
    }
    curl_off_t header_bytes() const {
        long value = 0;
        curl_easy_getinfo(easy_, CURLINFO_HEADER_SIZE, &value);
        return value;
    }

    CURL* easy_;
    Milliseconds limit_;
    Clock::time_point last_progress_;
    curl_off_t bytes_moved_ = 0;
};

/// Runs the transfer to its end. A stall is CURLE_OPERATION_TIMEDOUT, a stop request CURLE_ABORTED_BY_CALLBACK.
CURLcode perform(const CurlConnection& connection, const Request& request) {
    struct AttachedHandle {  // detaches the easy handle on every path
        AttachedHandle(CURLM* m, CURL* e) : multi(m), easy(e) { curl_multi_add_handle(multi, easy); }
        ~AttachedHandle() { curl_multi_remove_handle(multi, easy); }
        CURLM* multi;
        CURL* easy;
    } attached{connection.multi.get(), connection.easy.get()};
    StallDetector stall_detector{attached.easy, request.stall_timeout};
    const std::stop_callback stopped(request.stop, [&] { curl_multi_wakeup(attached.multi); });
    for (int running = 1, waiting = 0;;) {
        if (curl_multi_perform(attached.multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
        if (const CURLMsg* message = curl_multi_info_read(attached.multi, &waiting)) return message->data.result;
        if (request.stop.stop_requested()) return CURLE_ABORTED_BY_CALLBACK;
        const auto left = stall_detector.left();
        if (left <= Milliseconds{0}) return CURLE_OPERATION_TIMEDOUT;
        const auto pause = std::min(left, Milliseconds{1000});
        curl_multi_poll(attached.multi, nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
}

std::string failure_text(CURLcode result, const char* details, const Request& request, const Response& response) {
    if (result == CURLE_ABORTED_BY_CALLBACK) return "stopped";
    if (*details != '\0') return details;
    if (result != CURLE_OPERATION_TIMEDOUT) return curl_easy_strerror(result);
    return fmt::format("stalled after {} bytes: no data for {} ms", response.body.size(),
                       request.stall_timeout.count());
}

/// Throws Error, which is not retried, for a request that cannot be sent.
void check(const Request& request) {
    for (const auto& [name, value] : request.headers) {
        if ((name + value).find_first_of("\r\n") == std::string::npos) continue;
        throw Error(fmt::format("{}: header '{}' contains a line break", request_label(request), name));
    }
}

/// Parses an http, https or http+unix URL: "http+unix://user:word@%2Frun%2Fx.sock/a" requests "/a" through the socket
/// "/run/x.sock". Throws Error for any other scheme.
ParsedUrl parse_url(std::string_view url) {
    constexpr std::string_view unix_scheme = "http+unix://";
    if (url.starts_with("http://") || url.starts_with("https://")) return {.url = std::string{url}};
    if (!url.starts_with(unix_scheme)) throw Error("expected an http://, https:// or http+unix:// URL");
    const auto rest = url.substr(unix_scheme.size());
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    const auto credentials = authority.substr(0, authority.rfind('@') + 1);  // npos + 1 == 0: none
    const auto socket = percent_decoded(authority.substr(credentials.size()));
    if (!socket.starts_with('/')) throw Error("a unix socket path must start with '%2F'");
    return {.url = "http://" + std::string{credentials} + "localhost" + std::string{rest.substr(authority.size())},
            .unix_socket = SocketPath("connect to", socket)};
}

ParsedUrl transfer_target(const Request& request) {
    try {
        return parse_url(request.url);
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", request_label(request), error.what()));
    }
}

[[noreturn]] void fail(const Request& request, CURLcode result, const std::string& why) {
    const auto message = fmt::format("{}: {}", request_label(request), why);
    if (result == CURLE_URL_MALFORMAT) throw Error(message);
    throw TransientError(message);
}

void configure_tls(CURL* easy, const TlsFiles& files) {
    const auto set = [&](CURLoption option, const std::optional<std::filesystem::path>& file) {
        if (file) curl_easy_setopt(easy, option, file->c_str());
    };
    set(CURLOPT_CAINFO, files.authorities);
    if (files.authorities) curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // else the system's count, too
    set(CURLOPT_SSLCERT, files.certificate);
    set(CURLOPT_SSLKEY, files.key);
}

Response perform_transfer(const CurlConnection& connection, const Request& request, const ParsedUrl& target,
                          const TlsFiles& tls) {
    Transfer transfer{request};
    std::array<char, CURL_ERROR_SIZE> details{};
    CURL* easy = connection.easy.get();
    const auto headers = header_list(request.headers);
    configure_transfer(easy, request, target, headers.get());
    configure_tls(easy, tls);
    configure_callbacks(easy, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, details.data());
    const CURLcode result = perform(connection, request);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
    if (transfer.failure) std::rethrow_exception(transfer.failure);
    if (result != CURLE_OK)
        fail(request, result, failure_text(result, details.data(), request, transfer.reader.response()));
    return transfer.reader.finish();
}

class CurlClient final : public Client {
public:
    explicit CurlClient(TlsFiles tls) : tls_(std::move(tls)) {}

    Response send(const Request& request) override {
        check(request);
        Response response = send_once(request);
        if (request.max_redirects == 0) return response;
        std::optional<Request> next = redirected(request, response);
        for (int followed = 0; next; next = redirected(*next, response)) {
            if (followed++ == request.max_redirects)
                throw Error(fmt::format("{}: more than {} redirects", request_label(request), request.max_redirects));
            response = send_once(*next);
        }
        return response;
    }

private:
    Response send_once(const Request& request) {
        const ParsedUrl target = transfer_target(request);
        CurlConnection connection = take();
        Response response = perform_transfer(connection, request, target, tls_);  // one that failed is not reused
        const std::lock_guard lock{mutex_};
        idle_.push_back(std::move(connection));
        return response;
    }

    CurlConnection take() {
        {
            const std::lock_guard lock{mutex_};
            if (!idle_.empty()) {
                CurlConnection connection = std::move(idle_.back());
                idle_.pop_back();
                return connection;
            }
        }
        return make_connection();
    }

    TlsFiles tls_;
    std::mutex mutex_;
    std::vector<CurlConnection> idle_;  // at most as many as were ever in use at once
};

}  // namespace

std::unique_ptr<Client> make_client() { return make_client(TlsFiles{}); }

std::unique_ptr<Client> make_client(TlsFiles files) { return std::make_unique<CurlClient>(std::move(files)); }

}  // namespace freshet::http
