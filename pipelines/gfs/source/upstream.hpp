// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/download.hpp"
#include "source/lead_file.hpp"
#include "source/limited_source.hpp"
#include "source/root_choice.hpp"
#include "source/usual_size.hpp"

#include "freshet/http.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gfs {

/// Whether files that look cut off beside their like are taken all the same.
enum class Short { held_back, accepted };

/// What asking upstream needs.
struct UpstreamSettings {
    freshet::http::Client& client;
    const freshet::Clock& clock;
    std::filesystem::path memory;  ///< folder for what the tasks of a machine share: limits, health, sizes
    Short short_files = Short::held_back;
    std::function<bool()> cancelled = [] { return false; };
    Pause pause{};  ///< by default time passes by itself, until cancelled
};

/// What is wanted of a file, and where it goes.
struct Take {
    std::function<std::vector<Entry>(const Inventory&)> select;
    std::function<MessageSink()> start;  ///< called before the first message, and again whenever all starts over
    FetchLimits limits{};
};

/// What was taken in the end, and of which file.
struct Taken {
    LeadFile file;
    std::vector<Entry> entries;
    Download download;
};

/// The roots of GFS in order of preference, as one. A root that lacks a file, throttles or is broken is passed over for
/// the next, and first again when it is well; every file is read from one root from beginning to end. When none has it,
/// a TransientError says what each answered; its class is the most hopeful: not_yet before throttled before transient.
/// For one thread; what is learnt is shared through files.
class Upstream {
public:
    /// Throws ParameterError when `roots` is not like "aws,gcs,/data/mirror".
    Upstream(std::string_view roots, UpstreamSettings settings);

    /// The file of a lead at the first root that has it finished.
    LeadFile find(const LeadName& name);
    /// What is known now of a file at the root with this address, whether it is one of these or not; a TransientError
    /// of class not_yet when it is gone.
    FileFacts facts(std::string_view address, const std::string& path);
    /// The wanted messages of that file, or of another root's if it can no longer be read there.
    Taken fetch(const LeadName& name, const LeadFile& found, const Take& take);

private:
    using Attempt = std::function<void(const Root& root, Source& source)>;

    /// Calls `attempt` with one root after the other, that with the address `first` first, until it does not throw
    /// TransientError.
    void with_a_root(const LeadName& name, std::string_view first, const Attempt& attempt);
    std::unique_ptr<Source> open(const Root& root) const;
    LeadFile inspect_at(const Root& root, Source& source, const LeadName& name);
    LeadFile inspect_paths(const Root& root, Source& source, const LeadName& name);
    void refuse_short(const LeadName& name, const LeadFile& file, const Source& source) const;
    Taken take_from(const Root& root, Source& source, LeadFile file, const LeadName& name, const Take& take) const;

    UpstreamSettings settings_;
    RootChoice choice_;
    UsualSizes sizes_;
};

}  // namespace gfs
