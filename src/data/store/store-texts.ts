/** What is said where a stored set cannot be read, which the trainer may say too. */
import { phrase } from '../../language/language';

export const NOT_STORED = phrase(
  'This CIFAR-100 is not stored in this browser (any more). Load it again under Data.',
);
export const DAMAGED = phrase(
  'The stored CIFAR-100 is damaged: {{what}}. Delete it under Data and load it again.',
);
export const OTHER_LENGTH = phrase('{{expected}} bytes were expected, {{found}} found');
export const LABEL_OUT_OF_RANGE = phrase('a label is out of range');
