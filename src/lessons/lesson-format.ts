/** The value of `format` by which a file is recognised as a lesson before it is parsed. */
export const LESSON_FORMAT = 'branch-lab-lesson';

/** Whether a text claims to be a lesson. */
export const looksLikeLesson = (text: string): boolean => text.slice(0, 2000).includes(LESSON_FORMAT);
