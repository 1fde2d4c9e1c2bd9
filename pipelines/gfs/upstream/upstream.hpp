// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/download.hpp"
#include "upstream/lead_file.hpp"
#include "upstream/limited_source.hpp"
#include "upstream/mirror_selection.hpp"
#include "upstream/usual_size.hpp"

#include "freshet/http.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gfs {

/// Whether files that look cut off beside their like are taken all the same.
enum class TruncatedFiles { rejected, accepted };

/// What asking upstream needs.
struct UpstreamOptions {
    freshet::http::Client& client;
    const freshet::Clock& clock;
    std::filesystem::path cache_folder;  ///< folder for what the tasks of a machine share: limits, health, sizes
    TruncatedFiles truncated_files = TruncatedFiles::rejected;
    std::function<bool()> cancelled = [] { return false; };
    Sleep sleep{};  ///< by default time passes by itself, until cancelled
};

/// What is wanted of a file, and where it goes.
struct FetchRequest {
    std::function<std::vector<Entry>(const Inventory&)> select;
    std::function<MessageSink()> make_sink;  ///< called before the first message, and again whenever all starts over
    FetchLimits limits{};
};

/// What was taken in the end, and of which file.
struct FetchResult {
    LeadFile file;
    std::vector<Entry> entries;
    Download download;
};

/// The mirrors of GFS in order of preference, as one. A mirror that lacks a file, throttles or is broken is passed over
/// for the next, and first again when it is well; every file is read from one mirror from beginning to end. When none
/// has it, a TransientError says what each answered; its class is the most hopeful: not_ready before throttled before
/// transient. For one thread; what is learnt is shared through files.
class Upstream {
public:
    /// Throws ParameterError when `mirrors` is not like "aws,gcs,/data/mirror".
    Upstream(std::string_view mirrors, UpstreamOptions options);

    /// The file of a lead at the first mirror that has it finished.
    LeadFile find(const FileKey& key);
    /// What is known now of a file at the mirror with this address, whether it is one of these or not; a TransientError
    /// of class not_ready when it is gone.
    FileInfo file_info(std::string_view address, const std::string& path);
    /// The wanted messages of that file, or of another mirror's if it can no longer be read there.
    FetchResult fetch(const FileKey& key, const LeadFile& found, const FetchRequest& request);

private:
    using MirrorAction = std::function<void(const Mirror& mirror, Source& source)>;

    /// Calls `action` with one mirror after the other, that with the address `first` first, until it does not throw
    /// TransientError.
    void try_mirrors(const FileKey& key, std::string_view first, const MirrorAction& action);
    std::unique_ptr<Source> open_source(const Mirror& mirror) const;
    LeadFile inspect_at(const Mirror& mirror, Source& source, const FileKey& key);
    LeadFile inspect_paths(const Mirror& mirror, Source& source, const FileKey& key);
    void reject_truncated(const FileKey& key, const LeadFile& file, const Source& source) const;
    FetchResult fetch_from(const Mirror& mirror, Source& source, LeadFile file, const FileKey& key,
                           const FetchRequest& request) const;

    UpstreamOptions options_;
    MirrorSelection selection_;
    ExpectedSizes expected_sizes_;
};

}  // namespace gfs
