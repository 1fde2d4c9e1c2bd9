// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/published_target.hpp"

#include <memory>
#include <span>
#include <type_traits>

namespace freshet {

namespace detail {

/// Shares an object on the heap, which `destroy` deletes: of std::shared_ptr, each class compiles this call only.
std::shared_ptr<const void> shared(const void* object, void (*destroy)(const void*));
template <class T>
std::shared_ptr<const void> shared(T object) {
    return shared(new T(std::move(object)), [](const void* shared) { delete static_cast<const T*>(shared); });
}

/// The functions of one class of targets; null where it has none. Pointers to void point to a target of that class.
struct TargetType {
    bool (*exists)(const void*) = nullptr;
    const std::filesystem::path& (*path)(const void*) = nullptr;
    std::vector<bool> (*exist)(std::span<const void* const>) = nullptr;
    std::optional<Json> (*receipt)(const void*) = nullptr;
    std::optional<Content> (*content)(const void*) = nullptr;
    std::optional<Content> (*head)(const void*) = nullptr;
    std::string (*retire)(const void*) = nullptr;
    void (*begin)(const void*, TargetAttempt&) = nullptr;
    Json (*stage)(const void*, TargetAttempt&, const MakeReceipt&) = nullptr;
    PublishResult (*commit)(const void*, TargetAttempt&, const Json&, IfExists) = nullptr;
    void (*abort)(const void*, TargetAttempt&) = nullptr;
};

template <class T>
const T& target_at(const void* target) {
    return *static_cast<const T*>(target);
}

template <class T>
std::vector<bool> exist_of(std::span<const void* const> targets) {
    std::vector<T> all;
    all.reserve(targets.size());
    for (const void* target : targets) all.push_back(target_at<T>(target));
    return T::exist(all);
}

template <class T>
concept NamesStage = requires {
    requires !std::is_member_object_pointer_v<decltype(&T::stage)>;
};
template <class T>
concept NamesExist = requires {
    requires !std::is_member_object_pointer_v<decltype(&T::exist)>;
};

template <class T>
constexpr TargetType make_target_type() {
    static_assert(PublishedTarget<T> || !NamesStage<T>,
                  "a target with stage() has, all of them const: Json stage(TargetAttempt&, const MakeReceipt&), "
                  "PublishResult commit(TargetAttempt&, const Json&, IfExists), void abort(TargetAttempt&), "
                  "std::optional<Json> receipt() and std::optional<Content> content()");
    static_assert(BulkTarget<T> || !NamesExist<T>, "write static std::vector<bool> exist(const std::vector<T>&)");
    TargetType type;
    type.exists = [](const void* t) { return target_at<T>(t).exists(); };
    if constexpr (std::same_as<T, LocalTarget>)
        type.path = [](const void* t) -> const std::filesystem::path& { return target_at<T>(t).path(); };
    if constexpr (BulkTarget<T>) type.exist = &exist_of<T>;
    if constexpr (ReceiptTarget<T>) {
        type.receipt = [](const void* t) { return target_at<T>(t).receipt(); };
        type.content = [](const void* t) { return target_at<T>(t).content(); };
    }
    if constexpr (HeadTarget<T>) type.head = [](const void* t) { return target_at<T>(t).head(); };
    if constexpr (RetiredTarget<T>) type.retire = [](const void* t) { return target_at<T>(t).retire(); };
    if constexpr (PublishedTarget<T>) {
        type.stage = [](const void* t, TargetAttempt& attempt, const MakeReceipt& make_receipt) {
            return target_at<T>(t).stage(attempt, make_receipt);
        };
        type.commit = [](const void* t, TargetAttempt& attempt, const Json& staged, IfExists if_exists) {
            return target_at<T>(t).commit(attempt, staged, if_exists);
        };
        type.abort = [](const void* t, TargetAttempt& attempt) { target_at<T>(t).abort(attempt); };
    }
    if constexpr (BeginsAttempt<T>)
        type.begin = [](const void* t, TargetAttempt& attempt) { target_at<T>(t).begin(attempt); };
    return type;
}

template <class T>
inline constexpr TargetType target_type = make_target_type<T>();

}  // namespace detail

/// Any target, by value. Copies share it.
class AnyTarget {
public:
    template <Target T>
    AnyTarget(T target)
        : type_(&detail::target_type<T>), address_(target.address()), target_(detail::shared(std::move(target))) {}

    const std::string& address() const { return address_; }
    bool exists() const { return type_->exists(target_.get()); }
    /// Where it is on this machine, if it is a LocalTarget; else nullptr.
    const std::filesystem::path* path() const { return type_->path ? &type_->path(target_.get()) : nullptr; }

    /// True for a PublishedTarget: the functions below that take an attempt are for it only.
    bool is_published_target() const { return type_->stage != nullptr; }
    void begin(TargetAttempt& attempt) const {
        if (type_->begin) type_->begin(target_.get(), attempt);
    }
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const {
        return type_->stage(target_.get(), attempt, make_receipt);
    }
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const {
        return type_->commit(target_.get(), attempt, staged, if_exists);
    }
    void abort(TargetAttempt& attempt) const { type_->abort(target_.get(), attempt); }

    /// True when its class keeps receipts.
    bool has_receipts() const { return type_->receipt != nullptr; }
    /// Its receipt; nullopt without one. If its class keeps none and its address is a path, that of the file there,
    /// which LocalTarget::create() may have made for it.
    std::optional<Json> receipt() const;
    /// Reads what the receipt is about.
    std::optional<Content> content() const;
    /// True for a HeadTarget.
    bool is_head_target() const { return type_->head != nullptr; }
    /// What its server says of it, if it is a HeadTarget; nullopt where nothing is.
    std::optional<Content> head() const { return type_->head ? type_->head(target_.get()) : std::nullopt; }
    /// True when it can be taken out of its place.
    bool can_be_retired() const { return type_->retire != nullptr; }
    /// Takes what was published out of its place; returns where to, "" when nothing was.
    std::string retire() const { return type_->retire ? type_->retire(target_.get()) : std::string(); }

    /// True when exist() is one question for many of its class.
    bool is_bulk_target() const { return type_->exist != nullptr; }
    /// True when both are of one class, so that exist() can be asked for them together.
    bool is_of_class_of(const AnyTarget& other) const { return type_ == other.type_; }
    /// Asks for bulk targets of one class, in their order.
    static std::vector<bool> exist(std::span<const AnyTarget* const> targets);

private:
    const detail::TargetType* type_;
    std::string address_;
    std::shared_ptr<const void> target_;
};

}  // namespace freshet
