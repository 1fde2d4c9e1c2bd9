// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/outages.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace freshet::run {

namespace {

constexpr std::string_view after_scheme = "://";
constexpr std::string_view digits = "0123456789";

/// A URL in a text: "https://data.example.com:8443" of "https://data.example.com:8443/2026/08".
struct FoundUrl {
    std::string_view server;
    std::size_t end;  ///< of the whole URL in the text
};

std::optional<FoundUrl> find_url(std::string_view text) {
    const std::size_t colon = text.find(after_scheme);
    if (colon == text.npos) return std::nullopt;
    const std::size_t before = text.substr(0, colon).find_last_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-");
    const std::size_t begin = before == text.npos ? 0 : before + 1;
    const auto end_of = [&](std::string_view ends) {
        return std::min(text.find_first_of(ends, colon + after_scheme.size()), text.size());
    };
    return FoundUrl{text.substr(begin, end_of("/?# '\"),;") - begin), end_of(" '\"),;")};
}

/// The text without what differs from try to try: the paths of URLs, and milliseconds.
std::string without_details(std::string_view text) {
    std::string cause;
    while (const auto url = find_url(text)) {
        cause.append(text.data(), url->server.data() + url->server.size());
        text.remove_prefix(url->end);
    }
    cause += text;
    for (std::size_t unit = 0; (unit = cause.find(" ms", unit)) != cause.npos; ++unit) {
        const std::size_t before = cause.find_last_not_of(digits, unit - 1);
        const std::size_t begin = unit == 0 || before == cause.npos ? 0 : before + 1;
        cause.erase(begin, unit - begin);
        unit = begin;
    }
    return cause;
}

}  // namespace

bool Outages::add(const std::string& task_id, std::string_view message, Time now) {
    const auto url = find_url(message);
    if (!url) return true;
    std::string_view cause = message.substr(url->end);
    cause.remove_prefix(std::min(cause.find_first_not_of("':\", "), cause.size()));
    const std::string key = fmt::format("{} {}", url->server, without_details(cause));
    Outage& outage =
        outages_.try_emplace(key, Outage{.server = std::string(url->server), .cause = std::string(cause), .since = now})
            .first->second;
    outage.tasks.insert(task_id);
    return ++outage.failures == 1;
}

std::vector<std::string> Outages::end(const std::string& task_id) {
    std::vector<std::string> lines;
    std::erase_if(outages_, [&](const auto& known) {
        const Outage& outage = known.second;
        if (!outage.tasks.contains(task_id)) return false;
        if (outage.failures > 1) lines.push_back(fmt::format("{} works again: {}", outage.server, describe(outage)));
        return true;
    });
    return lines;
}

std::vector<std::string> Outages::unended() const {
    std::vector<std::string> lines;
    for (const auto& [key, outage] : outages_)
        if (outage.failures > 1) lines.push_back(fmt::format("{}: {}", outage.server, describe(outage)));
    return lines;
}

std::string Outages::describe(const Outage& outage) {
    return fmt::format("{} attempts at {} task{} failed since {}: {}", outage.failures, outage.tasks.size(),
                       outage.tasks.size() == 1 ? "" : "s", rfc3339(outage.since), outage.cause);
}

}  // namespace freshet::run
