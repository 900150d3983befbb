export declare function buildIfStale(): void;
export declare function serveSite(port?: number): Promise<{ url: string; close: () => Promise<void> }>;
