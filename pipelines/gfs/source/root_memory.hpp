// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "source/shared_file.hpp"

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace gfs {

/// How a root has done lately.
struct Health {
    int failures = 0;                           ///< one after the other, the last of them the latest answer
    freshet::Time rests_until{};                ///< until then others are asked first
    freshet::Time throttled_until{};            ///< until then it is not asked at all
    std::string why{};                          ///< the sentence of the last failure
    std::optional<std::chrono::seconds> lag{};  ///< how long after the earliest possible time its last new file came
};

/// The files of one cycle at one root, in the order of their leads.
struct Frontier {
    int present = -1;             ///< the highest lead that was there
    std::optional<int> absent{};  ///< the lowest above it that was not
    freshet::Time absent_at{};    ///< when it was looked for
    std::string layout{};         ///< under which the files were found
};

/// The files of one cycle at one root.
struct CycleAtRoot {
    std::string root;  ///< its address
    Cycle cycle;
    std::string product;
};

/// What the tasks of a machine have learnt about roots, in a file that they share. A failure to read or write it is as
/// good as having learnt nothing.
class RootMemory {
public:
    RootMemory(std::filesystem::path file, const freshet::Clock& clock) : file_(std::move(file)), clock_(clock) {}

    Health health(const std::string& root) const;
    void did_well(const std::string& root);
    void failed(const std::string& root, const std::string& why);
    /// Without a `pause` it is left alone for `first`, and twice as long each further time.
    void throttled(const std::string& root, const std::string& why, std::optional<std::chrono::seconds> pause,
                   std::chrono::seconds first);
    void lagged(const std::string& root, std::chrono::seconds lag);

    Frontier frontier(const CycleAtRoot& where) const;
    void was_present(const CycleAtRoot& where, int lead, const std::string& layout);
    void was_absent(const CycleAtRoot& where, int lead);

private:
    freshet::Json read() const;
    void edit(const std::function<void(freshet::Json& memory)>& edit) const;

    SharedFile file_;
    const freshet::Clock& clock_;
};

}  // namespace gfs
