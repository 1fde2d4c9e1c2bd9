// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::fuzz {

/// Something that reads bytes from strangers, and what must hold whatever they are. A program has one, in a file of its
/// own.
struct Target {
    /// Throws PropertyViolation, or whatever the reader must not throw.
    void (*run)(std::string_view bytes);
    /// Inputs to start from: each shows something that the reader understands.
    std::vector<std::string> (*seeds)();
    /// Pieces that matter to the reader.
    std::vector<std::string_view> (*dictionary)();
};

extern const Target target;

/// A promise that did not hold.
struct PropertyViolation : std::logic_error {
    using std::logic_error::logic_error;
};

inline void require(bool holds, const char* promise) {
    if (!holds) throw PropertyViolation(promise);
}

}  // namespace freshet::fuzz
