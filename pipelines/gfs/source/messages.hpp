// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/ranges.hpp"
#include "source/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Throws TransientError, naming `file` and `where` in it, unless the bytes are one whole GRIB2 message.
void check_message(std::string_view bytes, std::uint64_t where, std::string_view file);

/// The messages of one answered fetch, each checked, without what lay between them.
std::vector<std::string_view> checked_messages(const Fetch& fetch, std::string_view answer, std::string_view file);

/// Throws TransientError when the file is not the one it was before the download.
void check_unchanged(const FileFacts& before, const FileFacts& after, std::string_view file);

}  // namespace gfs
