// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/faulty_content.hpp"

#include "mirror/files.hpp"
#include "source/inventory.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs::mirror {
namespace {

bool is_index(const std::filesystem::path& file) { return file.extension() == ".idx"; }

Inventory read_index(const std::filesystem::path& file) { return Inventory::parse(read_file(file), file.string()); }

/// The entries of the first messages.
Inventory first_messages(const Inventory& inventory, int messages) {
    std::vector<Entry> entries;
    std::ranges::copy_if(inventory.entries(), std::back_inserter(entries),
                         [messages](const Entry& entry) { return entry.message <= messages; });
    return Inventory(std::move(entries));
}

std::uint64_t end_of_messages(const std::filesystem::path& grib, int messages) {
    auto index = grib;
    const auto inventory = read_index(index += ".idx");
    const auto after = std::ranges::find(inventory.entries(), messages + 1, &Entry::message);
    return after == inventory.entries().end() ? std::filesystem::file_size(grib) : after->offset;
}

Content truncated(const Fault& fault, Content content) {
    if (fault.messages && is_index(content.file)) {
        return Content::of(first_messages(read_index(content.file), *fault.messages).text(), content.facts);
    }
    const auto end = fault.messages ? end_of_messages(content.file, *fault.messages) : *fault.bytes;
    content.facts.length = std::min(content.facts.length, end);
    content.facts.etag += fmt::format("-{:x}", end);
    return content;
}

Content stale_index(const Fault& fault, const Content& content) {
    constexpr auto a_day = std::chrono::hours(24);
    auto entries = read_index(content.file).entries();
    for (auto& entry : entries) {
        if (entry.offset > 0) entry.offset += static_cast<std::uint64_t>(fault.shift);
    }
    auto facts = content.facts;
    if (facts.last_modified) *facts.last_modified -= a_day;
    return Content::of(Inventory(std::move(entries)).text(), facts);
}

Content replaced(const Fault& fault, const std::filesystem::path& folder) {
    auto other = content_of(folder / fault.by);
    if (!other) throw freshet::Error(fmt::format("the replacement '{}' is not there", (folder / fault.by).string()));
    return std::move(*other);
}

}  // namespace

Content faulty_content(const Fault& fault, Content content, const std::filesystem::path& folder) {
    switch (fault.kind) {
        case FaultKind::truncated: return truncated(fault, std::move(content));
        case FaultKind::stale_index: return stale_index(fault, content);
        case FaultKind::replaced: return replaced(fault, folder);
        default: return content;
    }
}

}  // namespace gfs::mirror
