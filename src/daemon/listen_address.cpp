// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/listen_address.hpp"

#include "base/config.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace freshet::daemon {

namespace {

struct FreeAddrinfo {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::unique_ptr<addrinfo, FreeAddrinfo> resolve(const std::string& name, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(name.c_str(), nullptr, &hints, &list);
    if (error != 0) throw Error(fmt::format("listen on '{}': {}", name, gai_strerror(error)));
    return std::unique_ptr<addrinfo, FreeAddrinfo>(list);
}

const addrinfo& prefer_ipv4(const addrinfo& list) {
    for (const addrinfo* at = &list; at; at = at->ai_next)
        if (at->ai_family == AF_INET) return *at;
    return list;
}

}  // namespace

std::string numeric_address(const std::string& name) {
    if (name.empty()) return "0.0.0.0";
    const auto list = resolve(name, AI_PASSIVE);
    const addrinfo& found = prefer_ipv4(*list);
    std::array<char, NI_MAXHOST> text{};
    const int error =
        getnameinfo(found.ai_addr, found.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    if (error != 0) throw Error(fmt::format("listen on '{}': {}", name, gai_strerror(error)));
    return text.data();
}

bool is_loopback(const std::string& address) {
    const auto list = resolve(address, AI_NUMERICHOST);
    if (list->ai_family == AF_INET) {
        const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(list->ai_addr);
        return ntohl(ipv4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(list->ai_addr);
    return IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
}

void check_exposure(const ServerConfig& config, const std::string& address) {
    if (address.empty() || config.token_file || config.allow_unauthenticated || is_loopback(address)) return;
    throw ConfigError(
        fmt::format("listen on {}: whoever reaches it could change everything; name a file of tokens with --token-file "
                    "(`freshet token` makes one), or say --allow-unauthenticated where others are kept out",
                    address));
}

void check_test_instances(const std::string& address) {
    if (address.empty() || is_loopback(address)) return;
    throw ParameterError(fmt::format("--test-instances: not where others reach it, on {}", address));
}

}  // namespace freshet::daemon
