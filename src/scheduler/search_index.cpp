// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/search_index.hpp"

#include "base/utf8.hpp"

namespace freshet::scheduler {

namespace {

constexpr std::size_t sequence_length = 3;

std::uint32_t hash_of(std::string_view sequence) {
    std::uint32_t hash = 0;
    for (const char byte : sequence) hash = hash << 8U | static_cast<unsigned char>(byte);
    return hash * 2'654'435'761U >> 24U;  // Knuth's multiplicative hash, its upper 8 bits
}

}  // namespace

void Signature::add(std::string_view text) {
    for (; text.size() >= sequence_length; text.remove_prefix(1)) {
        const std::uint32_t bit = hash_of(text.substr(0, sequence_length));
        bits_[bit / 64] |= std::uint64_t{1} << bit % 64;
    }
}

bool Signature::may_contain(const Signature& other) const {
    for (std::size_t i = 0; i < bits_.size(); ++i)
        if ((other.bits_[i] & ~bits_[i]) != 0) return false;
    return true;
}

SearchIndex::Entry& SearchIndex::entry(TaskId task) {
    const auto at = static_cast<std::size_t>(task);
    if (at >= entries_.size()) entries_.resize(at + 1);
    return entries_[at];
}

bool SearchIndex::contains(TaskId task) const {
    const auto at = static_cast<std::size_t>(task);
    return at < entries_.size() && !entries_[at].names.empty();
}

bool SearchIndex::may_match(TaskId task, const Signature& searched) const {
    return !contains(task) || entries_[static_cast<std::size_t>(task)].names.may_contain(searched);
}

void SearchIndex::insert(TaskId task, const Task& named) {
    Signature& names = entry(task).names;
    names = {};
    names.add(lower_utf8(full_name(named)));
    names.add(lower_utf8(named.id));
}

void SearchIndex::erase(TaskId task) {
    if (static_cast<std::size_t>(task) < entries_.size()) entry(task) = {};
}

bool SearchIndex::has_error(TaskId task) const {
    const auto at = static_cast<std::size_t>(task);
    return at < entries_.size() && entries_[at].has_error;
}

void SearchIndex::set_has_error(TaskId task, bool has_error) {
    if (has_error || static_cast<std::size_t>(task) < entries_.size()) entry(task).has_error = has_error;
}

}  // namespace freshet::scheduler
