// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <thread>

namespace freshet::http {

namespace {

using namespace std::chrono_literals;

/// The header that If-Range may have, by which a server knows if it still has the same bytes; "" without one.
std::string strong_validator(const Response& response) {
    const auto etag = response.header("ETag");
    if (etag && !etag->starts_with("W/")) return *etag;
    const std::string text = response.header("Last-Modified").value_or("");
    const auto modified = parse_http_date(text), sent = parse_http_date(response.header("Date").value_or(""));
    return modified && sent && *sent - *modified > 1s ? text : "";  // else it may change within the same second
}

/// A download in one request, and as many more as broken connections make necessary.
class Download {
public:
    Download(Client& client, Request request, const std::filesystem::path& file)
        : client_(client),
          request_(std::move(request)),
          file_(file),
          can_resume_(!find_header(request_.headers, "Range") && !request_.decodes_gzip) {
        pending_.emplace(file_);
        request_.receive_headers = [this](const Response& response) { begin(response); };
        request_.receive = [this](std::string_view bytes) {
            pending_->append(bytes);
            received_ += bytes.size();
        };
    }
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;

    Response run() {
        constexpr int most_tries = 3;  // in a row that bring nothing
        for (int tries = 1;; ++tries) {
            const std::uint64_t before = received_;
            try {
                Response response = client_.send(next_request());
                if (response.status / 100 == 2) pending_->commit();
                if (response.status != 416 || received_ == 0) return response;
                throw_displaced("there is nothing after them");
            } catch (const DiskFullError&) {
                throw;
            } catch (const TransientError&) {
                if (received_ > before) tries = 0;
                if (tries == most_tries || validator_.empty() || request_.stop.stop_requested()) throw;
            }
            std::this_thread::sleep_for(tries * 100ms);
        }
    }

private:
    Request next_request() const {
        Request next = request_;
        if (received_ == 0) return next;
        next.headers.emplace_back("Range", fmt::format("bytes={}-", received_));
        next.headers.emplace_back("If-Range", validator_);
        return next;
    }

    void begin(const Response& response) {
        if (response.status == 206 && received_ > 0) {
            const std::string range = response.header("Content-Range").value_or("");
            if (!range.starts_with(fmt::format("bytes {}-", received_))) throw_displaced("another part came");
            return;
        }
        if (received_ > 0) pending_.emplace(file_);  // it is another content
        received_ = 0;
        validator_ = can_resume_ ? strong_validator(response) : "";
    }

    [[noreturn]] void throw_displaced(const char* reason) const {
        throw TransientError(fmt::format("{} '{}' after {} bytes: {}", lower(request_.method),
                                         redacted_url(request_.url), received_, reason));
    }

    Client& client_;
    Request request_;
    const std::filesystem::path& file_;
    bool can_resume_;
    std::optional<PendingFile> pending_;
    std::uint64_t received_ = 0;
    std::string validator_{};  ///< of what was received; "": it cannot be continued
};

}  // namespace

Response download(Client& client, Request request, const std::filesystem::path& file) {
    return Download(client, std::move(request), file).run();
}

}  // namespace freshet::http
