// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

namespace gfs {

/// Files behind a web server that answers HEAD and Range.
class HttpSource final : public Source {
public:
    HttpSource(std::string base_url, freshet::http::Client& client);

    FileInfo head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return base_url_ + path; }

private:
    std::string base_url_;  ///< ends with a slash
    freshet::http::Client& client_;
};

}  // namespace gfs
