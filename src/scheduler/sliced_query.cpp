// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/sliced_query.hpp"

#include "base/json_write.hpp"

#include <iterator>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t piece_size = 1u << 20;

}  // namespace

std::string& JsonPieces::current() {
    if (!pieces_.empty() && pieces_.back().size() < piece_size) return pieces_.back();
    if (!pieces_.empty()) size_ += pieces_.back().size();
    pieces_.emplace_back().reserve(pieces_.size() == 1 ? 0 : piece_size + piece_size / 16);
    return pieces_.back();
}

void JsonPieces::append_string(std::string_view text) { append_quoted(current(), text); }

void JsonPieces::append_value(const Json& value) { append_python_text(current(), value); }

void JsonPieces::append_open(const Json::Object& members) {
    std::string& piece = current();
    append_python_text(piece, members);
    piece.pop_back();
}

void JsonPieces::append(JsonPieces other) {
    if (!pieces_.empty()) size_ += pieces_.back().size();
    size_ += other.size_;
    std::ranges::move(other.pieces_, std::back_inserter(pieces_));
}

std::size_t QueryResult::size() const {
    std::size_t size = 0;
    for (const std::string& piece : json) size += piece.size();
    return size;
}

std::string QueryResult::text() const {
    std::string text;
    for (const std::string& piece : json) text += piece;
    return text;
}

JsonPieces& TasksById::begin(const std::string& id) {
    json_.append(json_.empty() ? "{" : ", ");
    json_.append_string(id);
    json_.append(": ");
    return json_;
}

JsonPieces TasksById::take() {
    json_.append(json_.empty() ? "{}" : "}");
    return std::exchange(json_, {});
}

}  // namespace freshet::scheduler
