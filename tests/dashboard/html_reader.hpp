// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::test {

/// Parser of the dashboard's HTML subset. Throws if tags are not nested properly.
class HtmlReader {
public:
    explicit HtmlReader(std::string_view page);

    /// Returns the visible text, with one space between elements.
    const std::string& text() const { return text_; }
    std::string title() const { return inside("title"); }
    /// Returns the text of all elements of that name, in order.
    std::vector<std::string> each(const std::string& element) const;
    /// Returns the text of the first of them.
    std::string inside(const std::string& element) const;
    /// Returns the text of the section with that id; "" if there is none.
    std::string section(const std::string& id) const;

    const std::set<std::string>& elements() const { return elements_; }
    const std::set<std::string>& attributes() const { return attributes_; }
    const std::vector<std::string>& links() const { return links_; }  ///< values of all link attributes

private:
    struct Element {
        std::string name;
        std::string id;
        std::size_t begin = 0;  // start of its text
        std::size_t end = 0;
    };

    void read_tag(std::string_view tag, std::vector<std::size_t>& open);
    void read_attributes(std::string_view rest, Element& element);
    void close(const std::string& name, std::vector<std::size_t>& open);
    void read_text(std::string_view text);
    std::string text_of(const Element& element) const;

    std::string text_;
    std::vector<Element> all_;
    std::set<std::string> elements_;
    std::set<std::string> attributes_;
    std::vector<std::string> links_;
};

/// Decodes character references such as "&lt;".
std::string unescaped(std::string_view text);

}  // namespace freshet::test
