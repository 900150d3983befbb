/** Names of classes in the reader's language. Files and storage have the English ones. */
import { language, t } from '../language/language';

/** "aquarium_fish" as "aquarium fish". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');

/** "aquarium_fish" as "aquarium fish", or translated if it is a class of a known set. */
export const spoken = (name: string): string =>
  plainName(language() === 'en' ? name : t(name, { context: 'class' }));
