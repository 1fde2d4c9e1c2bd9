// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <string>
#include <string_view>

namespace freshet::http {

/// Compresses the bytes in gzip format.
std::string gzipped(std::string_view bytes);

/// Returns true if this Accept-Encoding admits gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// Compresses the body if the client accepts gzip and it pays: text of at least a kilobyte, not yet encoded, neither a
/// range nor subject to an injected fault.
void compress(Response& response, std::string_view accept_encoding);

}  // namespace freshet::http
