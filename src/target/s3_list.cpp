// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/s3_list.hpp"

#include "freshet/error.hpp"
#include "freshet/s3.hpp"
#include "target/s3_staging.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

namespace freshet::s3 {

ListPage list(Client& client, const std::string& bucket, const std::string& prefix, const std::string& after,
              std::size_t size) {
    Call call{.doing = "list",
              .bucket = bucket,
              .query = {{"list-type", "2"}, {"prefix", prefix}, {"max-keys", std::to_string(size)}}};
    if (!after.empty()) call.query.emplace_back("start-after", after);
    const std::string document = client.require(call).body;
    ListPage page{.keys = {}, .is_last = xml_text(document, "IsTruncated") != "true"};
    for (const auto& object : xml_elements(document, "Contents")) page.keys.push_back(xml_text(object, "Key"));
    return page;
}

std::vector<std::string> list_all(Client& client, const std::string& bucket, const std::string& prefix) {
    std::vector<std::string> keys;
    for (bool is_last = false; !is_last;) {
        ListPage page = list(client, bucket, prefix, keys.empty() ? "" : keys.back());
        const bool is_further = !page.keys.empty() && (keys.empty() || page.keys.front() > keys.back());
        if (!is_further) break;  // a server without the order of keys would repeat itself
        is_last = page.is_last;
        keys.insert(keys.end(), std::move_iterator(page.keys.begin()), std::move_iterator(page.keys.end()));
    }
    return keys;
}

}  // namespace freshet::s3

namespace freshet {

using namespace s3;

namespace {

std::string common_prefix(const std::string& first, const std::string& last) {
    return {first.begin(), std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first};
}

/// A key before this one, with few others between them.
std::string key_before(const std::string& key) {
    std::string before = key.substr(0, key.size() - 1);
    const char last = key.back();
    if (last > '!' && last <= '~') {
        before += static_cast<char>(last - 1);
        before += '~';
    }
    // Else the text without its last character, of which no half may be left.
    while (!before.empty() && (static_cast<unsigned char>(before.back()) & 0x80) != 0) before.pop_back();
    return before;
}

/// As many keys as the next page should have after one that was about so many of those that are looked for: where they
/// are far apart, most of a large page would be of no use.
std::size_t next_page_size(std::size_t decided) {
    constexpr std::size_t smallest_page = 10;
    return decided == 0 ? largest_page : std::clamp(decided * 10, smallest_page, largest_page);
}

/// Looks these keys, which are sorted, up in listings that begin at the first one that is not decided yet. nullopt: the
/// server does not list in the order of the keys.
std::optional<std::set<std::string>> find_by_listing(Client& client, const std::string& bucket,
                                                     std::span<const std::string> keys) {
    const std::string prefix = common_prefix(keys.front(), keys.back());
    std::set<std::string> found;
    std::string after = key_before(keys.front());
    std::size_t page_size = largest_page;
    while (!keys.empty()) {
        const ListPage page = list(client, bucket, prefix, after, page_size);
        const bool is_sorted = std::ranges::is_sorted(page.keys) && (page.keys.empty() || page.keys.front() > after);
        if (!is_sorted) return std::nullopt;
        const auto decided = page.is_last || page.keys.empty()
                                 ? keys.end()
                                 : std::upper_bound(keys.begin(), keys.end(), page.keys.back());
        std::set_intersection(keys.begin(), decided, page.keys.begin(), page.keys.end(),
                              std::inserter(found, found.end()));
        if (page.is_last || page.keys.empty()) break;
        const auto count = static_cast<std::size_t>(decided - keys.begin());
        page_size = next_page_size(count);
        keys = keys.subspan(count);
        if (!keys.empty()) after = std::max(page.keys.back(), key_before(keys.front()));
    }
    return found;
}

/// Finds those of the keys, which are sorted, that exist; nullopt: ask for each.
std::optional<std::set<std::string>> existing(Client& client, const std::string& bucket,
                                              std::span<const std::string> keys) {
    constexpr std::size_t few = 4;  // a listing costs as much as several questions
    if (keys.size() < few) return std::nullopt;
    try {
        return find_by_listing(client, bucket, keys);
    } catch (const TransientError&) {
        throw;
    } catch (const Error&) {
        return std::nullopt;  // who may not list may still ask
    }
}

}  // namespace

std::vector<bool> S3Target::exist(const std::vector<S3Target>& targets) {
    std::map<std::pair<Client*, std::string>, std::set<std::string>> wanted;
    const auto place = [](const S3Target& target) { return std::pair{&client_for(target.options()), target.bucket()}; };
    for (const S3Target& target : targets) wanted[place(target)].insert(target.key());

    std::map<std::pair<Client*, std::string>, std::optional<std::set<std::string>>> found;
    for (const auto& [where, keys] : wanted) {
        const std::vector<std::string> sorted(keys.begin(), keys.end());
        found[where] = existing(*where.first, where.second, sorted);
    }
    std::vector<bool> answers;
    for (const S3Target& target : targets) {
        const auto& keys = found[place(target)];
        const bool is_listed = keys && keys->contains(target.key());
        answers.push_back(is_listed ||
                          (keys ? staged_in(TargetAttempt::current(), target) != nullptr : target.exists()));
    }
    return answers;
}

}  // namespace freshet
