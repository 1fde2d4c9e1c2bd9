// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <string>
#include <string_view>

namespace freshet::http {

/// The bytes as a gzip file.
std::string gzipped(std::string_view bytes);

/// Whether a client with this Accept-Encoding reads gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// Makes the body of an answer gzip where that saves something: text of a kilobyte and more, which is not encoded yet
/// and neither a part of a whole nor disturbed.
void compress(Response& response, std::string_view accept_encoding);

}  // namespace freshet::http
