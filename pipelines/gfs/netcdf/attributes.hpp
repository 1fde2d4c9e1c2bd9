// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netcdf>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gfs {

/// Attributes with text values; an empty text leaves its attribute out.
inline void put_text_attributes(netCDF::NcVar variable,
                                std::initializer_list<std::pair<const char*, std::string_view>> attributes) {
    for (const auto& [name, text] : attributes) {
        if (!text.empty()) variable.putAtt(name, std::string(text));
    }
}

}  // namespace gfs
