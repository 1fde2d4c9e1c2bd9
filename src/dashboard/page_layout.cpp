// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/page_layout.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "freshet/digest.hpp"

#include <fmt/format.h>

#include <array>

namespace freshet::dashboard {

namespace {

/// Returns a dot in the colour of the severity as a data: URL, for the browser's tab.
std::string icon(Severity severity) {
    constexpr std::array<std::string_view, 5> colours = {"1a7f4b", "1f6feb", "b7791f", "d1242f", "6e7781"};
    return "data:image/svg+xml," +
           percent_encoded(fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
                                       "<circle cx='8' cy='8' r='7' fill='#{}'/></svg>",
                                       colours[static_cast<std::size_t>(severity)]));
}

struct View {
    std::string_view path;
    std::string_view label;
};

/// The views of the navigation bar, in its order.
constexpr std::array views = {
    View{"", "Overview"},       View{"grid", "Grid"},       View{"tasks", "Tasks"},
    View{"graph", "Graph"},     View{"runs", "Runs"},       View{"durations", "Durations"},
    View{"history", "History"}, View{"workers", "Workers"}, View{"resources", "Resources"},
};

Html navigation_bar(const PageHeader& header) {
    Html items;
    for (const View& view : views) {
        const std::string address = header.home + std::string(view.path);
        const Html link = header.view == view.path ? tag("a", {{"href", address}, {"aria-current", "page"}}, view.label)
                                                   : tag("a", {{"href", address}}, view.label);
        items.append(tag("li", link));
    }
    return tag("nav", {{"aria-label", "Views"}}, tag("ul", {{"role", "list"}}, items));
}

Html meta(Attributes attributes) { return void_element("meta", attributes).append(Html::markup("\n")); }

Html head_of(const PageHeader& header) {
    Html refresh;
    if (header.refresh)
        refresh = meta({{"http-equiv", "refresh"}, {"content", std::to_string(header.refresh->count())}});
    return tag("head", meta({{"charset", "utf-8"}}),
               meta({{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
               meta({{"name", "color-scheme"}, {"content", "light dark"}}),
               meta({{"name", "robots"}, {"content", "noindex"}}), refresh, tag("title", header.title),
               Html::markup("\n<link rel=\"icon\" href=\""), icon(header.severity), Html::markup("\">\n<style>"),
               stylesheet(), Html::markup("</style>\n"),
               tag("script", {{"src", header.home + "script.js"}, {"defer", ""}}), Html::markup("\n"));
}

}  // namespace

std::string stylesheet_hash() {
    static const std::string hash = "sha256-" + base64(sha256_bytes(stylesheet().text()));
    return hash;
}

std::string document(const PageHeader& header, const Html& content) {
    const Html skip = tag("a", {{"href", "#main"}, {"class", "skip"}}, Html::markup("Skip to the content"));
    const Html home = tag("a", {{"href", header.home}, {"class", "brand"}}, Html::markup("Freshet"));
    const Html taken =
        tag("p", {{"class", "taken"}}, "as of ",
            tag("time", {{"datetime", rfc3339(header.taken)}},
                rfc3339(header.taken).substr(0, 10) + " " + rfc3339(header.taken).substr(11, 8) + " UTC"));
    const Html body =
        tag("body", skip, tag("header", {{"class", "top"}}, home, navigation_bar(header), taken), Html::markup("\n"),
            tag("main", {{"id", "main"}, {"tabindex", "-1"}}, content), Html::markup("\n"),
            tag("footer", "Freshet " + header.version + " · times without a zone are UTC"));
    return Html::of(Html::markup("<!doctype html>\n"),
                    tag("html", {{"lang", "en"}}, head_of(header), Html::markup("\n"), body), Html::markup("\n"))
        .text();
}

std::string content_security_policy() {
    return fmt::format(
        "default-src 'none'; style-src '{}'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'self'; "
        "frame-ancestors 'none'",
        stylesheet_hash());
}

}  // namespace freshet::dashboard
