// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/s3_client.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace freshet::s3 {

/// Some keys of a bucket, in their order.
struct ListPage {
    std::vector<std::string> keys;
    bool is_last = true;
};

constexpr std::size_t largest_page = 1000;

/// Lists keys with the prefix, those after `after`, at most `size`.
ListPage list(Client& client, const std::string& bucket, const std::string& prefix, const std::string& after,
              std::size_t size = largest_page);

/// Lists all keys with the prefix, page by page.
std::vector<std::string> list_all(Client& client, const std::string& bucket, const std::string& prefix);

}  // namespace freshet::s3
