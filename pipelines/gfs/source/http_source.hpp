// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/source.hpp"

namespace gfs {

/// Files behind a web server that answers HEAD and Range.
class HttpSource final : public Source {
public:
    HttpSource(std::string root, freshet::http::Client& client);

    FileFacts head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return root_ + path; }

private:
    std::string root_;  ///< ends with a slash
    freshet::http::Client& client_;
};

}  // namespace gfs
