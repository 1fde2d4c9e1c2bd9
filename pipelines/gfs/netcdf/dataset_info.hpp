// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace gfs {

/// What the file says of itself beyond what its messages say. Nothing of it may depend on when or where the program
/// runs: the same input gives the same bytes.
struct DatasetInfo {
    std::string id;            ///< "gfs.0p25"
    std::string title;         ///< "NOAA GFS 0.25 degree forecast"
    std::string date_created;  ///< RFC 3339: when upstream published its file; empty: it did not say
    std::string code_version;  ///< of the program
};

}  // namespace gfs
