// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/upstream.hpp"

#include "upstream/memory_files.hpp"
#include "upstream/message_checks.hpp"
#include "upstream/own_refusal.hpp"
#include "upstream/refusals.hpp"
#include "upstream/walk.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;
using namespace std::chrono_literals;

/// An inventory that is missing at a public mirror for so long does not come.
constexpr seconds inventory_grace = 10min;
/// A file that looks cut off is asked for again for so long; most are replaced within the hour.
constexpr auto truncated_file_grace = 3h;
/// A private mirror is near: a request to it costs less than many bytes.
constexpr std::uint64_t private_index_request_size = 16'000;
/// HEAD, the inventory, and the head of the last message.
constexpr std::size_t requests_to_inspect = 3;

void sleep_until_cancelled(std::chrono::milliseconds time, const std::function<bool()>& cancelled) {
    constexpr std::chrono::milliseconds step{250};
    for (; time.count() > 0; time -= step) {
        if (cancelled()) throw TransientError("wait for a turn to ask: asked to stop");
        std::this_thread::sleep_for(std::min(time, step));
    }
}

std::string describe(const FileKey& key) {
    return fmt::format("lead {} of {}, {}", key.lead, freshet::Codec<Cycle>::write(key.cycle), key.product);
}

std::uint64_t index_request_size_for(const Mirror& mirror) {
    return mirror.known != nullptr ? mirror.known->index_request_size : private_index_request_size;
}

ReadinessRules readiness_rules_for(const Mirror& mirror, freshet::Time now) {
    const bool is_public = mirror.known != nullptr;
    return {.now = now,
            .settle_time = is_public ? mirror.known->settle_time : 0s,
            .inventory_grace = is_public ? inventory_grace : 0s,
            .index_request_size = index_request_size_for(mirror)};
}

}  // namespace

Upstream::Upstream(std::string_view mirrors, UpstreamOptions options)
    : options_(std::move(options)),
      selection_(mirrors, CachePaths{options_.cache_folder}.mirror_health(), options_.clock),
      expected_sizes_(CachePaths{options_.cache_folder}.expected_sizes()) {
    if (options_.sleep) return;
    options_.sleep = [cancelled = options_.cancelled](std::chrono::milliseconds time) {
        sleep_until_cancelled(time, cancelled);
    };
}

LeadFile Upstream::find(const FileKey& key) {
    std::optional<LeadFile> found;
    try_mirrors(key, "", [&](const Mirror& mirror, Source& source) { found = inspect_at(mirror, source, key); });
    return *found;
}

FileInfo Upstream::file_info(std::string_view address, const std::string& path) {
    const auto mirror = mirror_at(address);
    selection_.check_not_throttled(mirror);
    try {
        return open_source(mirror)->head(path);
    } catch (const SkippedMirror&) {
        throw;
    } catch (const TransientError& error) {
        selection_.record_failure(mirror, error);
        throw;
    }
}

FetchResult Upstream::fetch(const FileKey& key, const LeadFile& found, const FetchRequest& request) {
    std::optional<FetchResult> result;
    try_mirrors(key, found.mirror, [&](const Mirror& mirror, Source& source) {
        if (mirror.address != found.mirror) {
            result = fetch_from(mirror, source, inspect_at(mirror, source, key), key, request);
            return;
        }
        // Room for all at once, before the first: what is started should not have to stop in the middle.
        source.reserve(plan_range_requests(found, request.select(found.inventory), request.limits).size() + 2);
        const bool is_same = source.head(found.path) == found.info;
        result = fetch_from(mirror, source, is_same ? found : inspect_at(mirror, source, key), key, request);
    });
    return *result;
}

void Upstream::try_mirrors(const FileKey& key, std::string_view first, const MirrorAction& action) {
    CombinedErrors errors;
    for (const auto& mirror : selection_.candidates(first)) {
        try {
            selection_.check_available(mirror, key);
            action(mirror, *open_source(mirror));
            return;
        } catch (const SkippedMirror& error) {
            errors.add(mirror.name, error);
        } catch (const TransientError& error) {
            if (options_.cancelled()) throw;
            selection_.record_failure(mirror, error);
            errors.add(mirror.name, error);
        }
    }
    throw errors.combined(describe(key));
}

std::unique_ptr<Source> Upstream::open_source(const Mirror& mirror) const {
    auto source = make_source(mirror.address, options_.client);
    if (mirror.known == nullptr || mirror.known->requests_per_minute == 0) return source;
    return std::make_unique<RateLimitedSource>(
        std::move(source),
        RateLimit(CachePaths{options_.cache_folder}.requests(mirror.host()),
                  static_cast<std::size_t>(mirror.known->requests_per_minute), options_.clock),
        mirror.host(), options_.sleep);
}

LeadFile Upstream::inspect_at(const Mirror& mirror, Source& source, const FileKey& key) {
    auto file = inspect_paths(mirror, source, key);
    selection_.record_found(mirror, key, file);
    reject_truncated(key, file, source);
    expected_sizes_.record(key, file);
    return file;
}

LeadFile Upstream::inspect_paths(const Mirror& mirror, Source& source, const FileKey& key) {
    const auto rules = readiness_rules_for(mirror, options_.clock.now());
    const auto paths = selection_.paths(mirror, key);
    source.reserve(requests_to_inspect + paths.size() - 1);
    std::optional<TransientError> absent;
    for (const auto& path : paths) {
        FileInfo info;
        try {
            info = source.head(path);
        } catch (const TransientError& error) {
            if (error.failure_class() != FailureClass::not_ready) throw;
            if (!absent) absent = error;
            continue;
        }
        return inspect(source, {.mirror = mirror.address, .path = path, .info = info}, key, rules);
    }
    selection_.record_absent(mirror, key);
    throw *absent;
}

void Upstream::reject_truncated(const FileKey& key, const LeadFile& file, const Source& source) const {
    if (options_.truncated_files == TruncatedFiles::accepted) return;
    const auto reason = expected_sizes_.truncation_reason(key, file);
    if (reason.empty()) return;
    const auto written = file.info.last_modified.value_or(options_.clock.now());
    const bool may_be_replaced = options_.clock.now() - written < truncated_file_grace;
    throw SkippedMirror(fmt::format("'{}' is held back, since it looks cut off: {}; --accept-short takes it as it is",
                                    source.address(file.path), reason),
                        may_be_replaced ? FailureClass::not_ready : FailureClass::permanent);
}

FetchResult Upstream::fetch_from(const Mirror& mirror, Source& source, LeadFile file, const FileKey& key,
                                 const FetchRequest& request) const {
    const auto fetch_once = [&] {
        auto entries = request.select(file.inventory);
        const auto range_requests = plan_range_requests(file, entries, request.limits);
        source.reserve(range_requests.size() + 1);
        const auto result = download(source, file, range_requests, request.make_sink());
        return FetchResult{.file = file, .entries = std::move(entries), .download = result};
    };
    try {
        return fetch_once();
    } catch (const DamagedMessage&) {
        // Either the inventory is not that of this file, or the file is broken: the file itself tells which.
        file.inventory =
            index_remote_file(source, file.path, file.info.length, key.cycle, index_request_size_for(mirror));
    }
    return fetch_once();
}

}  // namespace gfs
