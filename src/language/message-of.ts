/** The text of whatever was thrown, in English where it is a message of the lab; `errorText` (./message-text) shows it to a reader. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
