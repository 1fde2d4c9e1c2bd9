// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
/** What is shown of the resources, to those who may change them. */
import { andMoreOf, joined, number, taskLink } from "./words.mjs";

export function usageOf({ used, limit }) {
    const most = Math.max(limit, 1);
    return `<${Math.min(Math.max(used, 0), most)} of ${most}> ${used}`;
}

export const limitOf = ({ limit, is_rate }) => `${limit}${is_rate ? " per minute" : ""}`;

function row(resource) {
    const { held_by, limit } = resource;
    const more = andMoreOf(held_by, "tasks").map(([, text]) => text);
    const holders = joined(...held_by.items.map(taskLink), ...more);
    return [resource.resource, usageOf(resource), limitOf(resource), holders, `<Set the limit ${limit}>`];
}

export function resources({ resources }) {
    const table = ["table", "Resources", ["Resource", "In use", "Limit", "Held by", "Actions"], ...resources.items.map(row)];
    return {
        title: "Resources · Freshet",
        main: [["h1", `Resources ${number(resources.total)}`],
            resources.total === 0 ? ["p", "No resource has a limit, and no running task holds any."] : table,
            ...andMoreOf(resources, "resources"), ["action", `<Limit ${resources.total === 0 ? "a" : "another"} resource 1>`]],
    };
}
