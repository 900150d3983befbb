/** The files that runs of the history can be exported as; apart from the code that writes them, which only a worker loads. */
export const EXPORTS = ['record', 'series', 'weights', 'fused', 'report', 'everything'] as const;
export type ExportKind = (typeof EXPORTS)[number];
