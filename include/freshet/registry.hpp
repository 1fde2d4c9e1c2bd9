// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/config.hpp"
#include "freshet/task.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

/// The classes of tasks that a program offers, and the sections that these read. Made in main(), never global.
class Registry {
public:
    /// The registry of these classes of tasks, and of sections of the configuration. Throws ParameterError when two
    /// have one name.
    template <class... T>
    static Registry of() {
        std::vector<const TaskType*> types;
        std::vector<const SectionType*> sections;
        (add<T>(types, sections), ...);
        return Registry(std::move(types), std::move(sections));
    }

    /// The class of that family, one of ranges() among them. Throws ParameterError, with the nearest family, when there
    /// is none.
    const TaskType& find(std::string_view family) const;
    /// The same; null when there is none.
    const TaskType* get_if(std::string_view family) const;
    /// The classes, in their order.
    const std::vector<const TaskType*>& types() const { return types_; }
    /// The classes of range.hpp for which one of types() has a parameter, but for families that types() has itself.
    const std::vector<const TaskType*>& ranges() const { return ranges_; }
    /// The sections of the configuration that tasks read by config(), in their order.
    const std::vector<const SectionType*>& sections() const { return sections_; }

    /// The task of that family with those parameters, and the configuration's values for absent ones; throws
    /// ParameterError for an unknown family or parameter.
    AnyTask make(std::string_view family, const Values& values) const;

    /// The values of the configuration, for the engine.
    const detail::ConfiguredValues& configuration() const { return *configuration_; }
    /// The same classes with a configuration, for the tasks that it makes and all that are made in the code of these.
    Registry with(std::shared_ptr<detail::ConfiguredValues> configuration) const;
    /// The task with the configuration, and its values for parameters that have their defaults.
    AnyTask configured(const AnyTask& task) const;

private:
    /// Throws ParameterError if two have one name.
    Registry(std::vector<const TaskType*> types, std::vector<const SectionType*> sections);

    template <class T>
    static void add(std::vector<const TaskType*>& types, std::vector<const SectionType*>& sections) {
        if constexpr (ConfigStruct<T>)
            sections.push_back(&SectionType::of<T>());
        else
            types.push_back(&TaskType::of<T>());
    }

    std::vector<const TaskType*> types_;
    std::vector<const TaskType*> ranges_;
    std::vector<const SectionType*> sections_;
    std::shared_ptr<const detail::ConfiguredValues> configuration_;  ///< never null; knows all of the above
};

}  // namespace freshet
