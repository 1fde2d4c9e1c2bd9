// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/own_names.hpp"

#include "freshet/text.hpp"
#include "store/state_file.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <memory>

namespace freshet::daemon {

namespace {

struct FreeIfaddrs {
    void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

/// "" for what is no address of the internet.
std::string format_host(const sockaddr* address) {
    const bool is_ipv4 = address && address->sa_family == AF_INET, is_ipv6 = address && address->sa_family == AF_INET6;
    if (!is_ipv4 && !is_ipv6) return {};
    std::array<char, NI_MAXHOST> text{};
    const socklen_t size = is_ipv4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
    const std::string host = text.data();
    return is_ipv4 ? host : fmt::format("[{}]", host.substr(0, host.find('%')));
}

}  // namespace

std::vector<std::string> local_hostnames() {
    std::vector<std::string> names{lower(store::this_process("", {}).host)};
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return names;
    const std::unique_ptr<ifaddrs, FreeIfaddrs> list(first);
    for (const ifaddrs* at = list.get(); at; at = at->ifa_next)
        if (std::string host = format_host(at->ifa_addr); !host.empty()) names.push_back(std::move(host));
    return names;
}

}  // namespace freshet::daemon
