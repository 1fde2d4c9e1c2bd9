// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "freshet/clock.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::dashboard {

/// The parts of a document that do not depend on its content.
struct PageHeader {
    std::string title{};
    Severity severity = Severity::neutral;          ///< colours the icon of the browser's tab
    std::string home{};                             ///< relative URL of the front page
    std::optional<std::chrono::seconds> refresh{};  ///< interval of the automatic reload; none: no reload
    Time taken{};
    std::string version{};
    std::optional<std::string_view> view{};  ///< path of the view in the navigation bar that the page is, if it is one
};

/// Returns the whole HTML document.
std::string document(const PageHeader& header, const Html& content);

/// Returns the Content-Security-Policy of such a document: allows its own style sheet (by hash), data: images, and the
/// script of this site, which may ask this site only.
std::string content_security_policy();

/// Returns the style sheet of all pages (stylesheet.css), which each of them embeds.
Html stylesheet();

/// Returns the script of all pages (script.js), made from the folder script.
std::string_view script();

/// Returns the style sheet's CSP source, "sha256-...".
std::string stylesheet_hash();

}  // namespace freshet::dashboard
