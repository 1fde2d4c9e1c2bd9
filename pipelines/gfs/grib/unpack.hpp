// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/sections.hpp"

#include <span>

namespace gfs {

/// Decodes the values of a message that holds one field and has been walked before, in its own order; missing ones
/// become `missing`. Returns false, with nothing decoded, unless it is packed by data representation template 5.0
/// (simple), 5.2 (complex) or 5.3 (complex with spatial differencing). Throws freshet::Error where the number of values
/// differs from `values.size()`, where its section 7 has fewer, and for a value that is no finite number. Any thread
/// may call it.
///
/// Each value is ((X * 2^E) + R) * 10^-D in double precision, rounded to float: eccodes' expression, with its powers.
/// A constant that is packed in no bits is R, as NCEP's library writes it and all decoders read it.
bool unpack(Octets message, float missing, std::span<float> values);

}  // namespace gfs
