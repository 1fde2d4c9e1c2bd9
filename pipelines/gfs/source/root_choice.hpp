// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/lead_file.hpp"
#include "source/root_memory.hpp"
#include "source/roots.hpp"

#include "freshet/error.hpp"

#include <string_view>
#include <vector>

namespace gfs {

/// Which root is asked next, and which need not be asked at all, from what the tasks of a machine have learnt.
class RootChoice {
public:
    /// Throws ParameterError when `roots` is not like "aws,gcs,/data/mirror".
    RootChoice(std::string_view roots, std::filesystem::path memory, const freshet::Clock& clock)
        : roots_(parse_roots(roots)), memory_(std::move(memory), clock), clock_(clock) {}

    /// That with the address `first`, then the others by preference; those that failed lately come last.
    std::vector<Root> in_order(std::string_view first) const;
    /// Throws OwnRefusal where the answer is known without asking: the root is throttled or keeps no such cycle, or
    /// the file cannot be there yet.
    void refuse_early(const Root& root, const LeadName& name) const;
    /// Throws OwnRefusal while the root wants to be left alone.
    void refuse_throttled(const Root& root) const;
    /// Paths under which the root may have a file; the layout of its cycle alone, once it is known.
    std::vector<std::string> paths(const Root& root, const LeadName& name) const;

    void note_found(const Root& root, const LeadName& name, const LeadFile& file);
    void note_absent(const Root& root, const LeadName& name);
    void note_failure(const Root& root, const freshet::TransientError& error);

private:
    void refuse_before_schedule(const Root& root, const LeadName& name) const;
    void refuse_beyond_frontier(const Root& root, const LeadName& name) const;

    std::vector<Root> roots_;
    RootMemory memory_;
    const freshet::Clock& clock_;
};

}  // namespace gfs
