// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/file_layout.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace gfs {

namespace {

bool belongs_to(const Message& message, const FileGroup& group) {
    const Message& first = group.messages.front();
    return message.reference_time == first.reference_time && message.validity.end == first.validity.end &&
           message.traits.member.has_value() == first.traits.member.has_value() && message.grid == first.grid;
}

std::string cycle_name(const Message& message) {
    const std::time_t time = std::chrono::system_clock::to_time_t(message.reference_time);
    const bool is_full_hour =
        message.reference_time.time_since_epoch() % std::chrono::hours(1) == std::chrono::seconds(0);
    return is_full_hour ? fmt::format(".{:%Y-%m-%dT%H}", fmt::gmtime(time))
                        : fmt::format(".{:%Y-%m-%dT%H%M}", fmt::gmtime(time));
}

// "f006", or "f000m15" for a quarter of an hour.
std::string lead_name(const Message& message) {
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>(message.validity.end - message.reference_time).count();
    const std::string hours = fmt::format(".f{:03}", minutes / 60);
    return minutes % 60 == 0 ? hours : hours + fmt::format("m{:02}", minutes % 60);
}

/// Builds suffixes from the properties in which the groups differ.
class SuffixBuilder {
public:
    explicit SuffixBuilder(const std::vector<FileGroup>& groups) {
        for (const FileGroup& group : groups) {
            const Message& first = group.messages.front();
            cycles_.insert(first.reference_time);
            leads_.insert(first.validity.end - first.reference_time);
            members_.insert(first.traits.member.has_value());
            grid_number(first.grid);
        }
    }

    std::string suffix(const Message& message) {
        std::string name;
        if (cycles_.size() > 1) name += cycle_name(message);
        if (leads_.size() > 1) name += lead_name(message);
        if (members_.size() > 1) name += message.traits.member ? ".members" : ".alone";
        if (grids_.size() > 1) name += fmt::format(".grid{}", grid_number(message.grid));
        return name;
    }

private:
    std::size_t grid_number(const Grid& grid) {
        auto known = std::find(grids_.begin(), grids_.end(), grid);
        if (known == grids_.end()) known = grids_.insert(known, grid);
        return static_cast<std::size_t>(known - grids_.begin()) + 1;
    }

    std::set<std::chrono::sys_seconds> cycles_;
    std::set<std::chrono::seconds> leads_;
    std::set<bool> members_;
    std::vector<Grid> grids_;
};

}  // namespace

std::vector<FileGroup> group_messages(const std::vector<Message>& messages) {
    std::vector<FileGroup> groups;
    for (const Message& message : messages) {
        const auto group = std::find_if(groups.begin(), groups.end(),
                                        [&](const FileGroup& each) { return belongs_to(message, each); });
        if (group == groups.end())
            groups.push_back({.suffix = {}, .messages = {message}});
        else
            group->messages.push_back(message);
    }
    SuffixBuilder suffixes(groups);
    for (FileGroup& group : groups) group.suffix = suffixes.suffix(group.messages.front());
    return groups;
}

}  // namespace gfs
