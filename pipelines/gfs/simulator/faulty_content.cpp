// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/faulty_content.hpp"

#include "inventory/inventory.hpp"
#include "simulator/files.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs::simulator {
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
        return Content::from_bytes(first_messages(read_index(content.file), *fault.messages).text(), content.info);
    }
    const auto end = fault.messages ? end_of_messages(content.file, *fault.messages) : *fault.bytes;
    content.info.length = std::min(content.info.length, end);
    content.info.etag += fmt::format("-{:x}", end);
    return content;
}

Content stale_index(const Fault& fault, const Content& content) {
    constexpr auto a_day = std::chrono::hours(24);
    auto entries = read_index(content.file).entries();
    for (auto& entry : entries) {
        if (entry.offset > 0) entry.offset += static_cast<std::uint64_t>(fault.shift);
    }
    auto info = content.info;
    if (info.last_modified) *info.last_modified -= a_day;
    return Content::from_bytes(Inventory(std::move(entries)).text(), info);
}

Content replaced(const Fault& fault, const std::filesystem::path& folder) {
    auto other = find_content(folder / fault.by);
    if (!other) throw freshet::Error(fmt::format("the replacement '{}' is not there", (folder / fault.by).string()));
    return std::move(*other);
}

}  // namespace

Content apply_fault(const Fault& fault, Content content, const std::filesystem::path& folder) {
    switch (fault.kind) {
        case FaultKind::truncated:
            return truncated(fault, std::move(content));
        case FaultKind::stale_index:
            return stale_index(fault, content);
        case FaultKind::replaced:
            return replaced(fault, folder);
        default:
            return content;
    }
}

}  // namespace gfs::simulator
