/** The lab’s own lessons, in the order in which they are taken. */
import { EARLY_DIP } from './early-dip';
import { lessonSchema, type Lesson, type LessonFile } from './schema';

const FILES: readonly LessonFile[] = [EARLY_DIP];

/** Checked by the schema, as any lesson is. */
export const LESSONS: readonly Lesson[] = FILES.map((file) => lessonSchema.parse(file));
