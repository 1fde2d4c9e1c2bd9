// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <functional>
#include <span>
#include <vector>

namespace gfs {

/// Writes a field of one of the processor's own variables.
using Emit = std::function<void(std::size_t variable, std::span<const float> values)>;

/// Goes along with a conversion: looks at every field on its way into the file, and may add variables of its own.
class FieldProcessor {
public:
    virtual ~FieldProcessor() = default;

    /// Called once, before the file is made; variables (with `derivation`) and axes may be added at the ends.
    virtual void plan(FileLayout& layout, const std::vector<Message>& messages) = 0;
    /// Called for each field that was written, those of processors too; `level` is 0 where the variable has none.
    virtual void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) = 0;
};

}  // namespace gfs
