// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/message_pool.hpp"

#include "simulator/files.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace gfs::simulator {
namespace {

constexpr std::size_t section_0_size = 16;

std::uint64_t number_at(std::string_view bytes, std::size_t offset, std::size_t size) {
    std::uint64_t number = 0;
    for (const char byte : bytes.substr(offset, size)) number = number << 8U | static_cast<unsigned char>(byte);
    return number;
}

/// Cuts the message at the start off `rest`; nothing where it is not whole.
std::optional<std::string_view> next_message(std::string_view& rest) {
    if (!rest.starts_with("GRIB") || rest.size() < section_0_size) return std::nullopt;
    const auto message = rest.substr(0, number_at(rest, 8, 8));
    if (message.size() != number_at(rest, 8, 8) || !message.ends_with("7777")) return std::nullopt;
    rest.remove_prefix(message.size());
    return message;
}

std::uint64_t point_count(std::string_view message) {
    auto rest = message.substr(section_0_size);
    while (rest.size() > 10 && rest[4] != 3) rest.remove_prefix(number_at(rest, 0, 4));
    return number_at(rest, 6, 4);
}

bool is_same_field(const idx::ScannedField& a, const idx::ScannedField& b) {
    return a.parameter == b.parameter && a.first == b.first && a.second == b.second && a.start == b.start &&
           a.statistic == b.statistic;
}

/// How far apart two sizes are, in steps of an eighth: what is nearer does not matter.
int size_distance(std::uint64_t size, std::uint64_t wanted) {
    if (wanted == 0) return 0;
    return static_cast<int>(8 * std::abs(std::log2(static_cast<double>(size) / static_cast<double>(wanted))));
}

}  // namespace

void MessagePool::add_file(std::string_view grib) {
    while (const auto message = next_message(grib)) {
        const auto fields = idx::scan(*message, "pool");
        if (fields.size() != 1 || point_count(*message) != grid_.size()) continue;
        messages_.push_back({.bytes = std::string(*message), .field = fields.front()});
    }
}

void MessagePool::add_folder(const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder))
        throw freshet::Error(fmt::format("reading messages from '{}': it is not a folder", folder.string()));
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);  // the same clones on every machine
    for (const auto& file : files) add_file(read_file(file));
    if (!messages_.empty()) return;
    throw freshet::Error(fmt::format("no GRIB2 message in '{}' is alone in its message and on a grid of {} x {} points",
                                     folder.string(), grid_.columns, grid_.rows));
}

const std::string& MessagePool::best_match(const idx::ScannedField& field, std::uint64_t size) {
    const auto rank = [&](const Message& message) {
        return std::tuple(!is_same_field(message.field, field), size_distance(message.bytes.size(), size),
                          message.field.parameter != field.parameter, message.used);
    };
    auto& best = *std::ranges::min_element(messages_, {}, rank);
    ++best.used;
    return best.bytes;
}

}  // namespace gfs::simulator
