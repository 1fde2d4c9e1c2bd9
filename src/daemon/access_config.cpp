// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/access_config.hpp"

#include "base/config.hpp"
#include "base/host_name.hpp"
#include "base/printable.hpp"
#include "base/url_encoding.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "store/state_file.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
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

struct FreeIfaddrs {
    void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

/// Formats an IPv4 or IPv6 address; "" for any other family.
std::string format_host(const sockaddr* address) {
    const bool is_ipv4 = address && address->sa_family == AF_INET, is_ipv6 = address && address->sa_family == AF_INET6;
    if (!is_ipv4 && !is_ipv6) return {};
    std::array<char, NI_MAXHOST> text{};
    const socklen_t size = is_ipv4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
    const std::string host = text.data();
    return is_ipv4 ? host : fmt::format("[{}]", host.substr(0, host.find('%')));
}

/// Returns the host name of this machine and its addresses in the form of URLs.
std::vector<std::string> local_hostnames() {
    std::vector<std::string> names{lower(host_name())};
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return names;
    const std::unique_ptr<ifaddrs, FreeIfaddrs> list(first);
    for (const ifaddrs* at = list.get(); at; at = at->ifa_next)
        if (std::string host = format_host(at->ifa_addr); !host.empty()) names.push_back(std::move(host));
    return names;
}

api::Tokens read_tokens(const ServerConfig& config) {
    if (!config.token_file) return {};
    try {
        return api::Tokens::read(*config.token_file);
    } catch (const Error& error) {
        throw ConfigError(error.what());
    }
}

std::vector<std::string> allowed_hosts(const ServerConfig& config) {
    if (config.token_file && config.hosts.empty()) return {"*"};
    std::vector<std::string> hosts = local_hostnames();
    hosts.insert(hosts.end(), config.hosts.begin(), config.hosts.end());
    hosts.push_back(lower(config.address));
    return hosts;
}

std::string url_of(const std::string& host, std::uint16_t port) {
    const bool is_ipv6 = host.find(':') != host.npos;
    return fmt::format("http://{}{}{}:{}", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
}

std::string scheduler_option(const std::string& url) { return "--scheduler " + shell_word(url); }

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
    throw ConfigError(fmt::format(
        "listen on {}: any client could make changes; pass --token-file FILE (`freshet token` creates one), "
        "or --allow-unauthenticated on a trusted network",
        address));
}

void check_test_instances(const std::string& address) {
    if (address.empty() || is_loopback(address)) return;
    throw ParameterError(fmt::format("--test-instances is allowed on loopback only, not on {}", address));
}

AccessConfig make_access_config(const ServerConfig& config, const api::Cors& cors) {
    return {.access = {.hosts = allowed_hosts(config),
                       .allow_ip_addresses = config.allow_unauthenticated,
                       .cors = cors,
                       .allow_changes_by_get = config.allow_changes_by_get,
                       .has_visualiser = config.visualiser_dir.has_value()},
            .tokens = read_tokens(config)};
}

notify::SchedulerContact scheduler_contact(const ServerConfig& config, const std::string& address) {
    static const ServerConfig defaults;
    if (!config.public_url.empty()) return {.url = config.public_url, .options = scheduler_option(config.public_url)};
    if (config.unix_socket)
        return {.options = scheduler_option("http+unix://" +
                                            percent_encoded(std::filesystem::absolute(*config.unix_socket).native()))};
    if (config.port == 0) return {};
    if (is_loopback(address)) {
        const bool is_default = address == defaults.address && config.port == defaults.port;
        return {.options = is_default ? "" : scheduler_option(url_of(address, config.port))};
    }
    const bool is_wildcard = address == "0.0.0.0" || address == "::";
    const std::string url = url_of(is_wildcard ? host_name() : address, config.port);
    return {.url = url, .options = scheduler_option(url)};
}

ServerConfig merge_reloaded_config(const ServerConfig& running, ServerConfig reloaded, const std::string& address) {
    if (running.token_file && !reloaded.token_file)
        throw ConfigError(
            fmt::format("reload: [server] token_file '{}' was removed; disabling authentication requires a restart",
                        running.token_file->string()));
    reloaded.address = running.address;
    reloaded.allow_unauthenticated = running.allow_unauthenticated;
    reloaded.visualiser_dir = running.visualiser_dir;
    check_exposure(reloaded, address);
    return reloaded;
}

}  // namespace freshet::daemon
