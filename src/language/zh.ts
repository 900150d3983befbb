/** The Chinese catalogue: one file for each folder of the program that has texts. */
const parts = import.meta.glob<Record<string, string>>('./zh/*.json', { eager: true, import: 'default' });

export const zh: Record<string, string> = Object.assign({}, ...Object.values(parts));
