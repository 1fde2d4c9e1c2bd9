// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/upstream.hpp"

#include "grib/sections.hpp"
#include "upstream/remote_index.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;
using namespace std::chrono_literals;

/// Time after which a missing inventory will not be published any more at a public mirror.
constexpr seconds inventory_grace = 10min;
/// Age up to which a truncated file is asked for again; most are replaced within the hour.
constexpr auto truncated_file_grace = 3h;
/// A private mirror is near: a request to it costs less than many bytes.
constexpr std::uint64_t private_index_request_size = 16'000;
/// HEAD, the inventory, and section 0 of the last message.
constexpr std::size_t requests_to_find = 3;
/// HEAD, to compare the version of a file.
constexpr std::size_t requests_to_compare = 1;

void sleep_until_cancelled(std::chrono::milliseconds time, const std::function<bool()>& cancelled) {
    constexpr std::chrono::milliseconds step{250};
    for (; time.count() > 0; time -= step) {
        if (cancelled()) throw TransientError("wait for the rate limit: cancelled");
        std::this_thread::sleep_for(std::min(time, step));
    }
}

std::string describe(const FileKey& key) {
    return fmt::format("lead {} of {}, {}", key.lead, freshet::Codec<Cycle>::write(key.cycle), key.series());
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

/// Selects from the inventory, plans the byte ranges, downloads and checks them.
FetchResult transfer(Source& source, const ForecastFile& file, const FetchRequest& request) {
    DownloadPlan plan = plan_download(file, request.select(file.inventory), request.limits);
    source.reserve(plan.requests.size() + requests_to_compare);
    download(source, file, plan, request.make_sink());
    return {.file = file, .plan = std::move(plan)};
}

}  // namespace

Upstream::Upstream(std::string_view mirrors, UpstreamOptions options)
    : options_(std::move(options)),
      selection_(mirrors, CachePaths{options_.cache_folder}.mirror_health(), options_.clock, options_.model),
      expected_sizes_(CachePaths{options_.cache_folder}.expected_sizes()) {
    if (options_.sleep) return;
    options_.sleep = [cancelled = options_.cancelled](std::chrono::milliseconds time) {
        sleep_until_cancelled(time, cancelled);
    };
}

template <class Step>
auto Upstream::try_mirrors(const FileKey& key, std::string_view first, Step step) {
    CombinedErrors errors;
    for (const auto& mirror : selection_.candidates(first)) {
        try {
            selection_.check_available(mirror, key);
            return step(mirror, *open_source(mirror));
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

ForecastFile Upstream::find(const FileKey& key) {
    return try_mirrors(key, "", [&](const Mirror& mirror, Source& source) { return find_at(mirror, source, key); });
}

FetchResult Upstream::fetch(const FileKey& key, const ForecastFile& found, const FetchRequest& request) {
    const auto is_still_there = [&](const Mirror& mirror, Source& source) {
        if (mirror.address != found.mirror) return false;
        // Reserve the whole download before its first request, so that it need not stop in the middle.
        const auto plan = plan_download(found, request.select(found.inventory), request.limits);
        source.reserve(plan.requests.size() + 2 * requests_to_compare);
        return source.head(found.path) == found.info;
    };
    return try_mirrors(key, found.mirror, [&](const Mirror& mirror, Source& source) {
        ForecastFile file = is_still_there(mirror, source) ? found : find_at(mirror, source, key);
        try {
            return transfer(source, file, request);
        } catch (const DamagedMessage&) {
            // Either the inventory is of another file or the file is broken: index the file itself to find out.
            file.inventory =
                index_remote_file(source, file.path, file.info.length, key.cycle, index_request_size_for(mirror));
        }
        return transfer(source, file, request);
    });
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

std::unique_ptr<Source> Upstream::open_source(const Mirror& mirror) const {
    auto source = make_source(mirror.address, options_.client);
    if (mirror.known == nullptr || mirror.known->requests_per_minute == 0) return source;
    return std::make_unique<RateLimitedSource>(
        std::move(source),
        RateLimit(CachePaths{options_.cache_folder}.requests(mirror.host()),
                  static_cast<std::size_t>(mirror.known->requests_per_minute), options_.clock),
        mirror.host(), options_.sleep);
}

/// Asks for the file under each path that the mirror's layouts give it.
SourceFile Upstream::locate(const Mirror& mirror, Source& source, const FileKey& key) {
    const auto paths = selection_.paths(mirror, key);
    source.reserve(requests_to_find + paths.size() - 1);
    std::optional<TransientError> absent;
    for (const auto& path : paths) {
        try {
            return {.mirror = mirror.address, .path = path, .info = source.head(path)};
        } catch (const TransientError& error) {
            if (error.failure_class() != FailureClass::not_ready) throw;
            if (!absent) absent = error;
        }
    }
    selection_.record_absent(mirror, key);
    throw *absent;
}

ForecastFile Upstream::find_at(const Mirror& mirror, Source& source, const FileKey& key) {
    const auto rules = readiness_rules_for(mirror, options_.clock.now());
    ForecastFile file = read_forecast_file(source, locate(mirror, source, key), key, rules);
    selection_.record_found(mirror, key, file);
    reject_truncated(key, file, source);
    expected_sizes_.record(key, file);
    return file;
}

void Upstream::reject_truncated(const FileKey& key, const ForecastFile& file, const Source& source) const {
    if (options_.truncated_files == TruncatedFiles::accepted) return;
    const auto reason = expected_sizes_.truncation_reason(key, file);
    if (reason.empty()) return;
    const auto written = file.info.last_modified.value_or(options_.clock.now());
    const bool may_be_replaced = options_.clock.now() - written < truncated_file_grace;
    throw SkippedMirror(
        fmt::format("'{}' looks truncated: {}; pass --accept-short to accept it", source.address(file.path), reason),
        may_be_replaced ? FailureClass::not_ready : FailureClass::permanent);
}

}  // namespace gfs
