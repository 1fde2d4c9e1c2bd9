// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace freshet::http {

/// Files in PEM format for connections to https:// addresses, read for each connection.
struct TlsFiles {
    std::optional<std::filesystem::path> authorities{};  ///< those that may sign the server's; none: the system's
    std::optional<std::filesystem::path> certificate{};  ///< of the client, with its chain; none: it shows none
    std::optional<std::filesystem::path> key{};          ///< of that certificate; none: in the same file
};

/// As make_client(), for a server with a certificate of another authority, or that asks for one of the client.
std::unique_ptr<Client> make_client(TlsFiles files);

}  // namespace freshet::http
