/** Names of classes as people write them. */

/** "aquarium_fish" as "aquarium fish". */
export const spoken = (name: string): string => name.replaceAll('_', ' ');
