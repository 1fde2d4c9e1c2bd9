// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "html_reader.hpp"

#include "freshet/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace freshet::test {

namespace {

bool is_void(const std::string& name) { return name == "meta" || name == "link" || name == "input"; }

}  // namespace

std::string unescaped(std::string_view text) {
    static const std::map<std::string, char, std::less<>> references = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}};
    std::string plain;
    while (!text.empty()) {
        const auto found = std::ranges::find_if(references, [&](const auto& r) { return text.starts_with(r.first); });
        if (text.front() == '&' && found == references.end()) throw std::runtime_error("a bare & in the page");
        plain += found == references.end() ? text.front() : found->second;
        text.remove_prefix(found == references.end() ? 1 : found->first.size());
    }
    return plain;
}

HtmlReader::HtmlReader(std::string_view page) {
    constexpr std::string_view doctype = "<!doctype html>\n";
    if (!page.starts_with(doctype)) throw std::runtime_error("the page does not begin with its type");
    page.remove_prefix(doctype.size());
    std::vector<std::size_t> open;
    while (!page.empty()) {
        const auto begin = page.find('<');
        read_text(page.substr(0, begin));
        if (begin == page.npos) break;
        const auto end = page.find('>', begin);
        if (end == page.npos) throw std::runtime_error("a tag does not end");
        read_tag(page.substr(begin + 1, end - begin - 1), open);
        page.remove_prefix(end + 1);
        if (!open.empty() && all_[open.back()].name == "style") page.remove_prefix(page.find("</style>"));
    }
    if (!open.empty()) throw std::runtime_error("'" + all_[open.back()].name + "' is not closed");
}

void HtmlReader::read_tag(std::string_view tag, std::vector<std::size_t>& open) {
    if (tag.starts_with('/')) return close(std::string(tag.substr(1)), open);
    const auto end = tag.find(' ');
    Element element{.name = std::string(tag.substr(0, end)), .id = {}, .begin = text_.size()};
    elements_.insert(element.name);
    if (end != tag.npos) read_attributes(tag.substr(end), element);
    const bool stays_open = !is_void(element.name);
    all_.push_back(std::move(element));
    if (stays_open) open.push_back(all_.size() - 1);
}

void HtmlReader::read_attributes(std::string_view rest, Element& element) {
    while (!trimmed(rest).empty()) {
        const auto equals = rest.find("=\"");
        const auto end = rest.find('"', equals + 2);
        if (equals == rest.npos || end == rest.npos) throw std::runtime_error("an attribute has no quoted value");
        const std::string name(trimmed(rest.substr(0, equals)));
        const std::string value = unescaped(rest.substr(equals + 2, end - equals - 2));
        attributes_.insert(name);
        if (name == "id") element.id = value;
        if (name == "href" || name == "src" || name == "action") links_.push_back(value);
        rest.remove_prefix(end + 1);
    }
}

void HtmlReader::close(const std::string& name, std::vector<std::size_t>& open) {
    if (open.empty() || all_[open.back()].name != name)
        throw std::runtime_error("'" + name + "' is closed, but not open");
    all_[open.back()].end = text_.size();
    open.pop_back();
}

void HtmlReader::read_text(std::string_view text) {
    const std::string plain = unescaped(trimmed(text));
    if (plain.empty()) return;
    if (!text_.empty()) text_ += ' ';
    text_ += plain;
}

std::string HtmlReader::text_of(const Element& element) const {
    return std::string(trimmed(std::string_view(text_).substr(element.begin, element.end - element.begin)));
}

std::vector<std::string> HtmlReader::each(const std::string& element) const {
    std::vector<std::string> texts;
    for (const Element& each : all_)
        if (each.name == element) texts.push_back(text_of(each));
    return texts;
}

std::string HtmlReader::inside(const std::string& element) const {
    const auto texts = each(element);
    return texts.empty() ? "" : texts.front();
}

std::string HtmlReader::section(const std::string& id) const {
    for (const Element& each : all_)
        if (each.name == "section" && each.id == id) return text_of(each);
    return "";
}

}  // namespace freshet::test
