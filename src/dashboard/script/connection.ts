// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0

const RETRY_AFTER_REFUSAL = 5000;

/**
 * The stream of changes, open while the page can be seen: a browser has few connections to a server, and hidden pages
 * would take them all.
 */
export class Connection {
    private stream: EventSource | undefined;
    private retry: number | undefined;

    constructor(
        private readonly url: URL,
        private readonly onChange: (time: number) => void,
        private readonly onState: (isLost: boolean) => void,
    ) {
        document.addEventListener("visibilitychange", () => this.followVisibility());
        addEventListener("pagehide", () => this.close()); // else the page could not be restored by the Back button
        addEventListener("pageshow", () => this.followVisibility());
        this.followVisibility();
    }

    private followVisibility(): void {
        this.close();
        if (!document.hidden) this.open();
    }

    private open(): void {
        this.close();
        const stream = new EventSource(this.url);
        stream.onopen = () => this.onState(false);
        stream.onmessage = (message) => this.onChange(Number(message.data));
        stream.onerror = () => this.onError(stream);
        this.stream = stream;
    }

    /** The browser connects again by itself, unless the server has refused. */
    private onError(stream: EventSource): void {
        this.onState(true);
        if (stream.readyState === EventSource.CLOSED)
            this.retry = setTimeout(() => this.followVisibility(), RETRY_AFTER_REFUSAL);
    }

    private close(): void {
        clearTimeout(this.retry);
        this.stream?.close();
        this.stream = undefined;
    }
}
