// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "netcdf/cf_table.hpp"

#include "freshet/codec.hpp"

#include <optional>
#include <string>

namespace gfs {

/// What becomes of a message of which it is not known what it means.
enum class UnknownMessages {
    refuse,  ///< the conversion fails, and names it
    keep,    ///< a variable that is named by its numbers
};

/// Why it cannot be said what the message means: its parameter, its kind of level, what was done to its interval, or
/// its kind of product. Nothing when it can.
std::optional<std::string> unknown_reason(const Message& message, const CfTable& table);

/// True for a kind of product whose parameter is what the table says: not the probability of it, for one.
bool is_plain_product(const Message& message);

}  // namespace gfs

template <>
inline constexpr std::pair<gfs::UnknownMessages, std::string_view> freshet::enum_names<gfs::UnknownMessages>[] = {
    {gfs::UnknownMessages::refuse, "refuse"}, {gfs::UnknownMessages::keep, "keep"}};
