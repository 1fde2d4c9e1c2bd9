// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/url_encoding.hpp"
#include "freshet/clock.hpp"
#include "rpc/requests.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::dashboard {

/// The query of a view's address, read value by value; of a name that occurs twice the last value counts. One that is
/// invalid is as good as absent to a page; JSON is refused for it, and for a name that the view does not read.
class PageQuery {
public:
    explicit PageQuery(const FormFields& fields) : fields_(fields) {}

    /// "" without one.
    std::string text(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t greatest);
    /// RFC 3339.
    std::optional<Time> time(std::string_view name);
    std::optional<rpc::Status> status(std::string_view name);
    /// "" without one.
    std::string one_of(std::string_view name, std::initializer_list<std::string_view> choices);

    /// Refuses a query without a value that there must be.
    void refuse_missing(std::string_view name);

    /// Why the query is refused, once all of the view's values have been read: "after: 'x' is not ...".
    std::optional<std::string> refusal() const;

private:
    const std::string* find(std::string_view name);
    void refuse(std::string_view name, std::string_view value, std::string_view expected);

    const FormFields& fields_;
    std::set<std::string, std::less<>> read_{};
    std::optional<std::string> invalid_{};  ///< the first one
};

}  // namespace freshet::dashboard
