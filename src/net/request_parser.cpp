// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/request_parser.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace freshet::http {

namespace {

constexpr std::size_t chunk_line_limit = 1024;  // a size and (unused) extensions

[[noreturn]] void reject(std::string_view why) { throw RequestError(400, std::string{why}); }

using CharacterSet = std::array<bool, 256>;

/// Characters of a token (RFC 9110), as in header names and methods.
constexpr CharacterSet token_characters = [] {
    CharacterSet set{};
    for (const char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"}) set[static_cast<unsigned char>(c)] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) set[c] = set[c - 'a' + 'A'] = true;
    return set;
}();

/// Characters of a header value: no control characters but tabs.
constexpr CharacterSet value_characters = [] {
    CharacterSet set{};
    for (unsigned c = ' '; c < set.size(); ++c) set[c] = c != 0x7f;
    set['\t'] = true;
    return set;
}();

constexpr CharacterSet target_characters = [] {
    CharacterSet set{};
    for (unsigned c = '!'; c < 0x7f; ++c) set[c] = true;
    return set;
}();

bool consists_of(const CharacterSet& set, std::string_view text) {
    return std::ranges::all_of(text, [&](char c) { return set[static_cast<unsigned char>(c)]; });
}

bool is_token(std::string_view text) { return !text.empty() && consists_of(token_characters, text); }

std::string_view trimmed_whitespace(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    const auto end = text.find_last_not_of(" \t") + 1;
    return text.substr(begin, std::max(begin, end) - begin);
}

/// Stores a header that must not be repeated.
void set_once(std::optional<std::string>& field, std::string_view name, std::string_view value) {
    if (field) reject(fmt::format("duplicate header '{}'", name));
    field = value;
}

/// Parses the whole text as an unsigned number without sign or spaces; nullopt also on overflow.
std::optional<std::uint64_t> number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool list_contains(std::string_view list, std::string_view word) {
    const auto words = split(list, ',');
    return std::ranges::any_of(words,
                               [&](const auto& one) { return equal_ignoring_case(trimmed_whitespace(one), word); });
}

}  // namespace

std::size_t RequestParser::take(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !is_done()) {
        has_begun_ = true;
        const auto rest = bytes.substr(taken);
        taken += is_in_body() ? take_body(rest) : take_line(rest);
    }
    return taken;
}

std::size_t RequestParser::take_body(std::string_view bytes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    request_.body += bytes.substr(0, size);
    left_ -= size;
    if (left_ == 0) part_ = part_ == Part::body ? Part::done : Part::chunk_end;
    return size;
}

std::size_t RequestParser::take_line(std::string_view bytes) {
    const auto end = bytes.find('\n');
    const auto size = end == bytes.npos ? bytes.size() : end + 1;
    check_length(size);
    if (end == bytes.npos || !line_.empty()) line_ += bytes.substr(0, size);
    if (end == bytes.npos) return size;
    std::string_view line = line_.empty() ? bytes.substr(0, size) : std::string_view{line_};
    if (!line.ends_with("\r\n")) reject("line without a carriage return");
    line.remove_suffix(2);
    on_line(line);
    line_.clear();
    return size;
}

void RequestParser::check_length(std::size_t more) const {
    const bool of_chunk = part_ == Part::chunk_size || part_ == Part::chunk_end;
    if (of_chunk && line_.size() + more > chunk_line_limit) reject("chunk header too long");
    if (!of_chunk && header_size_ + line_.size() + more > limits_.header) {
        throw RequestError(431, fmt::format("headers exceed {} bytes", limits_.header));
    }
}

void RequestParser::on_line(std::string_view line) {
    switch (part_) {
        case Part::request_line:
            return on_request_line(line);
        case Part::header:
            return line.empty() ? on_header_end() : on_header(line);
        case Part::chunk_size:
            return on_chunk_size(line);
        case Part::chunk_end:
            if (!line.empty()) reject("chunk longer than its size");
            part_ = Part::chunk_size;
            return;
        case Part::trailer:
            return line.empty() ? void(part_ = Part::done) : on_header(line);
        default:
            return;
    }
}

void RequestParser::on_request_line(std::string_view line) {
    header_size_ += line.size();
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == last) reject("malformed request line");
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    const bool is_request = is_token(method) && !target.empty() && consists_of(target_characters, target);
    if (!is_request) reject("malformed request line");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") reject("unsupported HTTP version");
    is_current_version_ = version == "HTTP/1.1";
    keep_alive_ = is_current_version_;
    request_.method = method;
    request_.url = target;
    part_ = Part::header;
}

void RequestParser::on_header(std::string_view line) {
    header_size_ += line.size();
    const auto name = line.substr(0, line.find(':'));
    if (name.size() == line.size() || !is_token(name)) reject("malformed header: expected 'Name: value'");
    const auto value = trimmed_whitespace(line.substr(name.size() + 1));
    if (!consists_of(value_characters, value)) reject(fmt::format("header '{}' contains a control character", name));
    if (part_ == Part::trailer) return;  // trailers must not change how the body was framed
    if (request_.headers.size() == limits_.header_count) {
        throw RequestError(431, fmt::format("more than {} headers", limits_.header_count));
    }
    if (equal_ignoring_case(name, "Content-Length")) set_once(length_, name, value);
    if (equal_ignoring_case(name, "Transfer-Encoding")) set_once(coding_, name, value);
    if (equal_ignoring_case(name, "Host")) set_once(host_, name, value);
    if (equal_ignoring_case(name, "Connection") && list_contains(value, "close")) keep_alive_ = false;
    if (equal_ignoring_case(name, "Expect") && equal_ignoring_case(value, "100-continue")) expects_continue_ = true;
    request_.headers.emplace_back(name, value);
}

void RequestParser::on_header_end() {
    if (is_current_version_ && !host_) reject("missing header 'Host'");
    if (coding_ && length_) reject("both Content-Length and Transfer-Encoding are set");
    if (coding_ && !is_current_version_) reject("Transfer-Encoding is not allowed in HTTP/1.0");
    if (coding_ && !equal_ignoring_case(*coding_, "chunked")) {
        throw RequestError(501, fmt::format("unsupported transfer coding '{}'", *coding_));
    }
    const auto length = length_ ? number(*length_, 10) : 0;
    if (!length) reject("invalid Content-Length");
    expect(*length);
    if (coding_)
        part_ = Part::chunk_size;
    else
        part_ = left_ == 0 ? Part::done : Part::body;
}

void RequestParser::on_chunk_size(std::string_view line) {
    const auto digits = line.substr(0, line.find(';'));
    const auto size = number(digits, 16);
    if (!size || !consists_of(value_characters, line)) reject("invalid chunk size");
    expect(*size);
    part_ = left_ == 0 ? Part::trailer : Part::chunk;
}

void RequestParser::expect(std::uint64_t length) {
    if (length > limits_.body - request_.body.size()) reject_body();
    left_ = length;
}

void RequestParser::limit_body(std::size_t limit) {
    limits_.body = std::min(limits_.body, limit);
    if (body_size() > limits_.body) reject_body();
}

void RequestParser::reject_body() const { throw RequestError(413, fmt::format("body exceeds {} bytes", limits_.body)); }

}  // namespace freshet::http
