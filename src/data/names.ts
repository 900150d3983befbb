/** Names of classes as people read them; files and stores have them as they are, in English. */
import { language, t } from '../language/language';

/** "aquarium_fish" as "aquarium fish". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');

/** "aquarium_fish" as "aquarium fish", or in the reader's language where it is a class of a set that the lab knows. */
export const spoken = (name: string): string =>
  plainName(language() === 'en' ? name : t(name, { context: 'class' }));
