/** Names of classes and labels of data sets as people read them; files and stores have them as they are, in English. */
import { language, phrase, t } from '../language/language';
import { retell } from '../language/retell';

/** "aquarium_fish" as "aquarium fish". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');

/** "aquarium_fish" as "aquarium fish", or in the reader's language where it is a class of a set that the lab knows. */
export const spoken = (name: string): string =>
  plainName(language() === 'en' ? name : t(name, { context: 'class' }));

export const DATASET_LABELS = [
  phrase('CIFAR-100, {{images}} of 50,000 training images'),
  phrase('Built-in shapes, easy, 10,000 training images (not CIFAR-100)'),
  phrase('Built-in shapes, medium, 10,000 training images (not CIFAR-100)'),
  phrase('Built-in shapes, hard, 10,000 training images (not CIFAR-100)'),
];

/** A data set's label in the reader's language. */
export const spokenLabel = (label: string): string => retell(label, DATASET_LABELS);
