// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/download.hpp"
#include "upstream/forecast_file.hpp"
#include "upstream/mirror_selection.hpp"
#include "upstream/rate_limit.hpp"

#include "freshet/http.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace gfs {

/// Treatment of files that look truncated compared with those of earlier cycles.
enum class TruncatedFiles { rejected, accepted };

/// The services and settings of Upstream.
struct UpstreamOptions {
    freshet::http::Client& client;
    const freshet::Clock& clock;
    std::filesystem::path cache_folder;  ///< shared by the tasks of a machine: rate limits, health, sizes
    TruncatedFiles truncated_files = TruncatedFiles::rejected;
    std::function<bool()> cancelled = [] { return false; };
    Sleep sleep{};                   ///< by default sleeps in real time, until cancelled
    std::string_view model = "GFS";  ///< of the products to ask for, which tells a mirror's address
};

/// A selection of a file's messages and their destination.
struct FetchRequest {
    std::function<std::vector<Entry>(const Inventory&)> select;
    std::function<MessageSink()> make_sink;  ///< called before the first message, and again when the download restarts
    FetchLimits limits{};
};

/// The file that was downloaded from, and the plan that was carried out.
struct FetchResult {
    ForecastFile file;
    DownloadPlan plan;
};

/// The mirrors of GFS in order of preference, as one source. Falls back to the next mirror when one lacks a file,
/// throttles or fails, and returns to it when it has recovered; every file is read from one mirror only. When none has
/// the file, throws the combined error of all (CombinedErrors). Not thread-safe; the health of mirrors is shared
/// between processes through files.
class Upstream {
public:
    /// Throws ParameterError when `mirrors` is not like "aws,gcs,/data/mirror".
    Upstream(std::string_view mirrors, UpstreamOptions options);

    /// Returns the file at the first mirror that has it complete.
    ForecastFile find(const FileKey& key);
    /// Returns the present version of a file at the mirror with this address, which need not be one of the list. Throws
    /// TransientError of class not_ready when the file is gone.
    FileInfo file_info(std::string_view address, const std::string& path);
    /// Downloads the requested messages of that file, or of another mirror's when it can no longer be read there.
    FetchResult fetch(const FileKey& key, const ForecastFile& found, const FetchRequest& request);

private:
    /// Calls `step(mirror, source)` with one candidate after the other, `first` first, until it does not throw
    /// TransientError.
    template <class Step>
    auto try_mirrors(const FileKey& key, std::string_view first, Step step);
    std::unique_ptr<Source> open_source(const Mirror& mirror) const;
    SourceFile locate(const Mirror& mirror, Source& source, const FileKey& key);
    ForecastFile find_at(const Mirror& mirror, Source& source, const FileKey& key);
    void reject_truncated(const FileKey& key, const ForecastFile& file, const Source& source) const;

    UpstreamOptions options_;
    MirrorSelection selection_;
    ExpectedSizes expected_sizes_;
};

}  // namespace gfs
