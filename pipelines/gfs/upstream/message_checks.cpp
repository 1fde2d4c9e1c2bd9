// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/message_checks.hpp"

#include "grib/sections.hpp"

#include <fmt/format.h>

namespace gfs {
namespace {

constexpr std::size_t section_0_size = 16;
constexpr std::string_view end_mark = "7777";

std::string describe_defect(std::string_view bytes) {
    if (bytes.size() < section_0_size + end_mark.size()) return fmt::format("its {} bytes are too few", bytes.size());
    if (!bytes.starts_with("GRIB")) return "it does not start with 'GRIB'";
    if (bytes[7] != 2) return fmt::format("it is of edition {} instead of 2", int{bytes[7]});
    const auto stated = stated_length(octets_of(bytes)).value_or(0);
    if (stated != bytes.size()) {
        return fmt::format("it states {} bytes, but the inventory gives it {}", stated, bytes.size());
    }
    if (!bytes.ends_with(end_mark)) return "it does not end with '7777'";
    return "";
}

}  // namespace

void check_message(std::string_view bytes, std::uint64_t where, std::string_view file) {
    const auto defect = describe_defect(bytes);
    if (defect.empty()) return;
    throw DamagedMessage(fmt::format("the message at byte {} of '{}' is not whole: {}", where, file, defect));
}

std::vector<std::string_view> checked_messages(const RangeRequest& range_request, std::string_view response_body,
                                               std::string_view file) {
    std::vector<std::string_view> messages;
    for (const auto& range : range_request.messages) {
        const auto bytes = response_body.substr(range.begin - range_request.bytes.begin, range.size());
        check_message(bytes, range.begin, file);
        messages.push_back(bytes);
    }
    return messages;
}

void check_unchanged(const FileInfo& before, const FileInfo& after, std::string_view file) {
    if (before == after) return;
    throw freshet::TransientError(fmt::format("'{}' changed while it was downloaded: {} bytes before, {} after, {}",
                                              file, before.length, after.length,
                                              before.etag == after.etag ? "the same ETag" : "another ETag"));
}

}  // namespace gfs
