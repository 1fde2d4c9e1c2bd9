// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/source.hpp"

#include "upstream/folder_source.hpp"
#include "upstream/http_source.hpp"

namespace gfs {

std::unique_ptr<Source> make_source(std::string_view url_or_folder, freshet::http::Client& client) {
    if (url_or_folder.starts_with("http://") || url_or_folder.starts_with("https://")) {
        return std::make_unique<HttpSource>(std::string(url_or_folder), client);
    }
    return std::make_unique<FolderSource>(std::string(url_or_folder));
}

}  // namespace gfs
