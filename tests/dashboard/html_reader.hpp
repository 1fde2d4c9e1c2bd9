// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::test {

/// Reads a page as a browser would, as far as our pages go: it throws where tags are not closed in turn.
class HtmlReader {
public:
    explicit HtmlReader(std::string_view page);

    /// What a person reads, with one space between the texts of elements.
    const std::string& text() const { return text_; }
    std::string title() const { return inside("title"); }
    /// The text of all elements of that name, in order.
    std::vector<std::string> each(const std::string& element) const;
    /// The text of the first of them.
    std::string inside(const std::string& element) const;
    /// The text of the section with that id; "" when there is none.
    std::string section(const std::string& id) const;

    const std::set<std::string>& elements() const { return elements_; }
    const std::set<std::string>& attributes() const { return attributes_; }
    const std::vector<std::string>& links() const { return links_; }  ///< of all attributes that lead somewhere

private:
    struct Element {
        std::string name;
        std::string id;
        std::size_t begin = 0;  // of its text
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

/// What the references "&lt;" and so on stand for.
std::string unescaped(std::string_view text);

}  // namespace freshet::test
