// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/listening.hpp"

#include "run/configuration_error.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace freshet::app {

namespace {

struct Free {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::unique_ptr<addrinfo, Free> look_up(const std::string& name, int flags) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(name.c_str(), nullptr, &wanted, &list);
    if (error != 0) throw Error(fmt::format("listen on '{}': {}", name, gai_strerror(error)));
    return std::unique_ptr<addrinfo, Free>(list);
}

const addrinfo& first_of_ipv4(const addrinfo& list) {
    for (const addrinfo* at = &list; at; at = at->ai_next)
        if (at->ai_family == AF_INET) return *at;
    return list;
}

}  // namespace

std::string numeric_address(const std::string& name) {
    if (name.empty()) return "0.0.0.0";
    const auto list = look_up(name, AI_PASSIVE);
    const addrinfo& found = first_of_ipv4(*list);
    std::array<char, NI_MAXHOST> text{};
    const int error = getnameinfo(found.ai_addr, found.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    if (error != 0) throw Error(fmt::format("listen on '{}': {}", name, gai_strerror(error)));
    return text.data();
}

bool is_loopback(const std::string& address) {
    const auto list = look_up(address, AI_NUMERICHOST);
    if (list->ai_family == AF_INET) {
        const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(list->ai_addr);
        return ntohl(ipv4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(list->ai_addr);
    return IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
}

void check_exposure(const ServerSettings& settings, const std::string& address) {
    if (address.empty() || settings.token_file || settings.allow_unauthenticated || is_loopback(address)) return;
    throw run::ConfigurationError(
        fmt::format("listen on {}: whoever reaches it could change everything; name a file of tokens with --token-file "
                    "(`freshet token` makes one), or say --allow-unauthenticated where others are kept out",
                    address));
}

void check_test_instances(const std::string& address) {
    if (address.empty() || is_loopback(address)) return;
    throw ParameterError(fmt::format("--test-instances: not where others reach it, on {}", address));
}

}  // namespace freshet::app
