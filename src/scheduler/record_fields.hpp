// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json_view.hpp"
#include "scheduler/scheduler_state.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Encoding and decoding of JSON objects by a table of their members.
namespace freshet::scheduler {

/// Context of the encoding of a value.
struct Encoder {
    const TaskTable* tasks = nullptr;
    std::string_view params{};  ///< the task's, as JSON: the row has them, too
};

/// Context of the decoding of a value, and the ids of dependencies that it leaves.
struct Decoder {
    SchedulerState& state;
    Time now{};
    std::vector<std::string> deps{};
};

/// A member of a saved object.
template <class Object>
struct Field {
    std::string_view name;
    bool (*is_set)(const Object&);  ///< else it is omitted
    void (*encode)(std::string& json, const Object&, const Encoder&);
    void (*decode)(const JsonView&, Object&, Decoder&);
    void (*share)(Object& to, const Object& from) = nullptr;  ///< copies an interned value that was decoded before
};

template <class Object, std::size_t size>
std::string encode_object(const std::array<Field<Object>, size>& fields, const Object& object, const Encoder& encoder) {
    std::string json = "{";
    for (const Field<Object>& field : fields) {
        if (!field.is_set(object)) continue;
        if (json.size() > 1) json += ',';
        json += '"';
        json += field.name;  // never in need of escapes
        json += "\":";
        field.encode(json, object, encoder);
    }
    return json += '}';
}

/// Finds the fields of an object's members. Each search begins behind the last match: members are written in the order
/// of the table.
template <class Object, std::size_t size>
class FieldFinder {
public:
    explicit FieldFinder(const std::array<Field<Object>, size>& fields) : fields_(fields) {}

    /// Null for an unknown name: a later version's.
    const Field<Object>* find(std::string_view name) {
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t at = (next_ + i) % size;
            if (fields_[at].name != name) continue;
            next_ = at + 1;
            return &fields_[at];
        }
        return nullptr;
    }

private:
    const std::array<Field<Object>, size>& fields_;
    std::size_t next_ = 0;
};

template <class Object, std::size_t size>
void decode_object(const std::array<Field<Object>, size>& fields, std::string_view json, Object& object,
                   Decoder& decoder) {
    FieldFinder finder(fields);
    JsonView(json).members([&](std::string_view name, const JsonView& value) {
        if (const auto* field = finder.find(name)) field->decode(value, object, decoder);
    });
}

}  // namespace freshet::scheduler
