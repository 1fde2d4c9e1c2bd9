// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/ranges.hpp"
#include "upstream/source.hpp"

#include "freshet/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The bytes at an inventory's offset are not one whole message: inventory and file do not belong together.
class DamagedMessage : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// Throws DamagedMessage, naming `file` and `where` in it, unless the bytes are one whole GRIB2 message.
void check_message(std::string_view bytes, std::uint64_t where, std::string_view file);

/// The messages of one answered fetch, each checked, without what lay between them.
std::vector<std::string_view> checked_messages(const RangeRequest& range_request, std::string_view response_body,
                                               std::string_view file);

/// Throws TransientError when the file is not the one it was before the download.
void check_unchanged(const FileInfo& before, const FileInfo& after, std::string_view file);

}  // namespace gfs
