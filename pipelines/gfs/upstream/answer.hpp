// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <string>

namespace gfs {

// What the answers of a web server mean. Each function returns what was asked for, or throws TransientError whose
// sentence names method, address and status; of class permanent, it says that only another mirror may have better news.

/// What a status that is not the wanted one means for the next attempt.
freshet::FailureClass failure_class_of(int status);

/// From the answer to HEAD.
FileInfo file_info(const freshet::http::Request& request, const freshet::http::Response& response);

/// From the answer to GET of a whole file.
WholeFile whole_body(const freshet::http::Request& request, freshet::http::Response response);

/// From the answer to GET with a Range.
std::string partial_body(const freshet::http::Request& request, freshet::http::Response response, ByteRange range);

}  // namespace gfs
