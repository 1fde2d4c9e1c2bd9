// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/messages.hpp"

#include <fmt/format.h>

namespace gfs {
namespace {

constexpr std::size_t section_0_size = 16;
constexpr std::string_view end_mark = "7777";

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

std::string describe_defect(std::string_view bytes) {
    if (bytes.size() < section_0_size + end_mark.size()) return fmt::format("its {} bytes are too few", bytes.size());
    if (!bytes.starts_with("GRIB")) return "it does not start with 'GRIB'";
    if (bytes[7] != 2) return fmt::format("it is of edition {} instead of 2", int{bytes[7]});
    const auto stated = stated_length(bytes).value_or(0);
    if (stated != bytes.size()) {
        return fmt::format("it states {} bytes, but the inventory gives it {}", stated, bytes.size());
    }
    if (!bytes.ends_with(end_mark)) return "it does not end with '7777'";
    return "";
}

}  // namespace

std::optional<std::uint64_t> stated_length(std::string_view bytes) {
    if (bytes.size() < section_0_size || !bytes.starts_with("GRIB") || bytes[7] != 2) return std::nullopt;
    return big_endian(bytes.substr(8, 8));  // the last eight of section 0
}

void check_message(std::string_view bytes, std::uint64_t where, std::string_view file) {
    const auto defect = describe_defect(bytes);
    if (defect.empty()) return;
    throw DamagedMessage(fmt::format("the message at byte {} of '{}' is not whole: {}", where, file, defect));
}

}  // namespace gfs
