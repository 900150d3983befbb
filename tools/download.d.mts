/** What is wrong, for people. */
export class Refusal extends Error {}

/** Downloads a file; what has come before a failure stays for the next time. Throws Refusal where it cannot be had. */
export function download(
  url: string,
  target: string,
  options?: {
    onProgress?: (done: number, total: number | undefined) => void;
    timeout?: number;
    retries?: number;
    pause?: number;
  },
): Promise<void>;

/** MD5 and SHA-256 of a file. */
export function digestsOf(path: string): Promise<{ md5: string; sha256: string }>;
