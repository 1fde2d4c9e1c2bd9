// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/smtp_client.hpp"

#include "base/host_name.hpp"
#include "freshet/error.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace freshet::smtp {

namespace {

struct CurlDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using Recipients = std::unique_ptr<curl_slist, CurlDeleter>;

CurlHandle make_handle() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    CurlHandle easy(ready == CURLE_OK ? curl_easy_init() : nullptr);
    if (!easy) throw Error("start the SMTP client: cannot initialise libcurl");
    return easy;
}

size_t read_content(char* buffer, size_t size, size_t count, void* from) {
    auto& left = *static_cast<std::string_view*>(from);
    const std::size_t length = std::min(size * count, left.size());
    std::memcpy(buffer, left.data(), length);
    left.remove_prefix(length);
    return length;
}

std::string local_hostname(const Server& server) {
    return server.local_hostname.empty() ? host_name() : server.local_hostname;
}

std::string url_of(const Server& server) {
    const bool is_ipv6 = server.host.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? fmt::format("[{}]", server.host) : server.host;
    const std::string port = server.port == 0 ? "" : fmt::format(":{}", server.port);
    return fmt::format("{}://{}{}/{}", server.tls == Tls::implicit ? "smtps" : "smtp", host, port,
                       local_hostname(server));
}

long starttls_option(Tls tls) {
    if (tls == Tls::none) return CURLUSESSL_NONE;
    return tls == Tls::if_offered ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

Recipients recipient_list(const Mail& mail) {
    curl_slist* list = nullptr;
    for (const std::string& recipient : mail.recipients)
        list = curl_slist_append(list, fmt::format("<{}>", recipient).c_str());
    return Recipients(list);
}

void configure_connection(CURL* easy, const Server& server) {
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_URL, url_of(server).c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, starttls_option(server.tls));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(server.timeout.count()));
    if (server.ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, server.ca_file->c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // else the system's count, too
    }
    if (server.username.empty()) return;
    curl_easy_setopt(easy, CURLOPT_USERNAME, server.username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, server.password.c_str());
}

[[noreturn]] void fail(CURL* easy, const Server& server, CURLcode result, const char* details) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    const std::string message =
        fmt::format("send mail through '{}': {}", server.host, *details != '\0' ? details : curl_easy_strerror(result));
    const bool is_of_login = result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED;
    if (status / 100 == 5 && !is_of_login) throw Error(message);
    throw TransientError(message);
}

}  // namespace

void send(const Server& server, const Mail& mail) {
    const CurlHandle easy = make_handle();
    const Recipients recipients = recipient_list(mail);
    const std::string sender = fmt::format("<{}>", mail.sender);
    std::string_view left = mail.content;
    std::array<char, CURL_ERROR_SIZE> details{};
    configure_connection(easy.get(), server);
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, read_content);
    curl_easy_setopt(easy.get(), CURLOPT_READDATA, &left);
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, details.data());
    const CURLcode result = curl_easy_perform(easy.get());
    if (result != CURLE_OK) fail(easy.get(), server, result, details.data());
}

}  // namespace freshet::smtp
