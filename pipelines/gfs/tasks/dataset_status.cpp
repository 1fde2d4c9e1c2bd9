// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/dataset_status.hpp"

#include "tasks/dataset_folder.hpp"
#include "tasks/provenance.hpp"
#include "upstream/mirrors.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

namespace files = std::filesystem;
using freshet::Json;
using CycleInterval = std::chrono::duration<int, std::ratio<6 * 3600>>;

/// Compares a dataset's cycles with the expected ones.
class Examination {
public:
    Examination(const files::path& folder, const ExpectedCycles& expected, freshet::Time now)
        : dataset_(folder), removed_(dataset_.removed_cycles()), now_(now) {
        status_.name = dataset_.name();
        status_.product = expected.product.empty() ? dataset_.product() : expected.product;
        requested_ = requested_cycles(folder, find_product(status_.product));
        status_.leads = expected_leads(expected);
        status_.since = first_cycle(expected);
    }

    DatasetStatus result() {
        find_newest();
        compare_with_upstream();
        check_files();
        check_latest();
        return std::move(status_);
    }

private:
    std::vector<int> hours_of(const Publication& publication) const {
        return Leads::parse(publication.leads).hours(find_product(status_.product));
    }

    std::vector<int> expected_leads(const ExpectedCycles& expected) const {
        if (expected.leads) return expected.leads->hours(find_product(status_.product));
        std::vector<int> most = requested_.usual_leads();
        for (auto cycle = dataset_.cycles().rbegin(); cycle != dataset_.cycles().rend() && most.empty(); ++cycle)
            for (const Publication& publication : cycle->second.publications)
                if (publication.is_announced && hours_of(publication).size() > most.size())
                    most = hours_of(publication);
        return most;
    }

    /// Returns the newest revision of a cycle that was announced for all expected leads.
    const Publication* complete_publication(Cycle cycle) const {
        const auto found = dataset_.cycles().find(cycle);
        const Publication* newest = nullptr;
        if (found == dataset_.cycles().end() || status_.leads.empty()) return nullptr;
        for (const Publication& publication : found->second.publications)
            if (publication.is_announced && (newest == nullptr || publication.revision > newest->revision) &&
                std::ranges::includes(hours_of(publication), status_.leads))
                newest = &publication;
        return newest;
    }

    std::optional<Cycle> first_cycle(const ExpectedCycles& expected) const {
        if (expected.since) return std::chrono::ceil<CycleInterval>(*expected.since);
        const auto oldest = oldest_cycle();
        if (!requested_.since) return oldest;
        const Cycle since = std::chrono::ceil<CycleInterval>(*requested_.since);
        return oldest ? std::min(*oldest, since) : since;
    }

    /// Returns the oldest complete cycle, or the oldest one if none is complete.
    std::optional<Cycle> oldest_cycle() const {
        for (const auto& [cycle, folder] : dataset_.cycles())
            if (complete_publication(cycle) != nullptr) return cycle;
        if (dataset_.cycles().empty()) return std::nullopt;
        return dataset_.cycles().begin()->first;
    }

    void find_newest() {
        for (const auto& [cycle, folder] : dataset_.cycles()) {
            if (std::ranges::any_of(status_.leads, [&](int lead) { return dataset_.has_lead(cycle, lead); }))
                status_.newest_data = cycle;
            if (const auto* publication = complete_publication(cycle)) describe_newest(cycle, *publication);
        }
    }

    void describe_newest(Cycle cycle, const Publication& publication) {
        const CyclePaths paths = dataset_.paths(cycle, publication.revision);
        std::error_code gone;
        const auto written = files::last_write_time(paths.event(publication.leads), gone);
        status_.newest = CompleteCycle{.cycle = cycle, .revision = publication.revision};
        if (!gone)
            status_.newest->published =
                std::chrono::time_point_cast<freshet::Time::duration>(std::chrono::file_clock::to_sys(written));
    }

    FileKey last_file(Cycle cycle) const {
        const auto& leads = status_.leads;
        return {.cycle = cycle,
                .product = status_.product,
                .lead = leads.empty() ? find_product(status_.product).leads().back() : leads.back()};
    }

    IncompleteCycle incomplete(Cycle cycle) const {
        IncompleteCycle incomplete{.cycle = cycle, .missing = {}};
        std::ranges::copy_if(status_.leads, std::back_inserter(incomplete.missing),
                             [&](int lead) { return !dataset_.has_lead(cycle, lead); });
        return incomplete;
    }

    void compare_with_upstream() {
        const auto usually_after = usual_publication(last_file(Cycle{})) - Cycle{};
        status_.available = std::chrono::floor<CycleInterval>(now_ - usually_after);
        if (status_.newest) status_.next_due = next_cycle_due(last_file(status_.newest->cycle));
        if (!status_.since) return;
        for (Cycle cycle = *status_.since; cycle <= status_.available || dataset_.cycles().contains(cycle);
             cycle += cycle_interval) {
            if (complete_publication(cycle) != nullptr) continue;
            const bool is_older = status_.newest && cycle < status_.newest->cycle;
            if (is_older && removed_.contains(cycle)) continue;
            auto& list = is_older ? status_.gaps : cycle <= status_.available ? status_.overdue : status_.upcoming;
            list.push_back(incomplete(cycle));
        }
        if (!status_.overdue.empty())
            status_.late = std::chrono::floor<std::chrono::seconds>(
                now_ - usual_publication(last_file(status_.overdue.front().cycle)));
    }

    void check_files() {
        for (const auto& [cycle, folder] : dataset_.cycles()) {
            std::vector<std::string> damage;
            for (const Publication& publication : folder.publications) check_publication(cycle, publication, damage);
            if (!damage.empty() && files::exists(dataset_.paths(cycle, 1).cycle_folder()))  // else retention removed it
                status_.damage.insert(status_.damage.end(), damage.begin(), damage.end());
        }
    }

    void check_publication(Cycle cycle, const Publication& publication, std::vector<std::string>& damage) {
        const CyclePaths paths = dataset_.paths(cycle, publication.revision);
        if (!publication.manifest) {
            const std::string manifest = paths.manifest(publication.leads).string();
            damage.push_back(publication.damage.empty()
                                 ? fmt::format("'{}' is gone, though '{}' announces it", manifest,
                                               paths.event(publication.leads).filename().string())
                                 : fmt::format("'{}' cannot be read: {}", manifest, publication.damage));
            return;
        }
        std::vector<Json> all = publication.manifest->at("files").as_array();
        for (const std::string_view member : files_over_cycle)
            if (const Json* file = publication.manifest->find(member)) all.push_back(*file);
        for (const Json& file : all) check_file(paths, publication, file, damage);
        const auto* newest = status_.newest && status_.newest->cycle == cycle ? complete_publication(cycle) : nullptr;
        if (newest == &publication) describe_content(paths, all);
    }

    static void check_file(const CyclePaths& paths, const Publication& publication, const Json& file,
                           std::vector<std::string>& damage) {
        const files::path path = paths.folder() / file.at("name").as_string();
        std::error_code gone;
        const auto size = files::file_size(path, gone);
        const auto listed = static_cast<std::uintmax_t>(file.at("bytes").as_integer());
        const std::string manifest = paths.manifest(publication.leads).filename().string();
        if (gone)
            damage.push_back(fmt::format("'{}' is gone, though '{}' lists it", path.string(), manifest));
        else if (size != listed)
            damage.push_back(
                fmt::format("'{}' has {} bytes, though '{}' lists it with {}", path.string(), size, manifest, listed));
    }

    void describe_content(const CyclePaths& paths, const std::vector<Json>& all) {
        for (const Json& file : all) {
            status_.newest->bytes += file.at("bytes").as_integer();
            if (const Json* checks = file.find("checks"))
                status_.newest->warnings += static_cast<std::int64_t>(checks->at("warned").as_array().size());
            if (const Json* lead = file.find("lead"))
                if (const Json provenance = lead_provenance(paths, static_cast<int>(lead->as_integer()));
                    const Json* messages = provenance.find(messages_key))
                    status_.newest->messages += messages->as_integer();
        }
    }

    void check_latest() {
        std::error_code none;
        const files::path link = dataset_.folder() / "latest";
        const files::path revision = files::read_symlink(link, none);
        if (!status_.newest) return;
        const auto cycle = cycle_of_folder(revision.parent_path());
        const std::string newest = dataset_.paths(status_.newest->cycle, status_.newest->revision).revision_name();
        if (none || !files::exists(link))
            status_.damage.push_back(fmt::format("'{}' leads to no revision", link.string()));
        else if (cycle &&
                 (*cycle < status_.newest->cycle || (*cycle == status_.newest->cycle && revision.string() != newest)))
            status_.damage.push_back(fmt::format("'{}' leads to '{}', not to the newest complete '{}'", link.string(),
                                                 revision.string(), newest));
    }

    DatasetFolder dataset_;
    std::set<Cycle> removed_;
    freshet::Time now_;
    RequestedCycles requested_;
    DatasetStatus status_;
};

}  // namespace

freshet::Time next_cycle_due(FileKey last_file) {
    last_file.cycle += cycle_interval;
    return usual_publication(last_file);
}

DatasetStatus examine_dataset(const files::path& folder, const ExpectedCycles& expected, freshet::Time now) try {
    return Examination(folder, expected, now).result();
} catch (const files::filesystem_error& error) {
    throw freshet::Error(fmt::format("examine dataset '{}': {}", folder.string(), error.code().message()));
}

}  // namespace gfs
