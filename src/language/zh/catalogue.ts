/** This folder's catalogue: one JSON file per room of the program that has texts, loaded as one piece. */
const files = import.meta.glob<Record<string, string>>('./*.json', { eager: true, import: 'default' });

export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
