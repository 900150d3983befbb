/** The lab’s lessons, in teaching order. */
import { EARLY_DIP } from './lessons/early-dip';
import { GROWTH } from './lessons/growth';
import { NOISE } from './lessons/noise';
import { ONE_CONVOLUTION } from './lessons/one-convolution';
import { OWN_BLOCK } from './lessons/own-block';
import { SCALES } from './lessons/scales';
import { lessonSchema, type Lesson, type LessonFile } from './schema';

const FILES: readonly LessonFile[] = [EARLY_DIP, ONE_CONVOLUTION, SCALES, GROWTH, NOISE, OWN_BLOCK];

/** Checked by the schema, like any lesson. */
export const LESSONS: readonly Lesson[] = FILES.map((file) => lessonSchema.parse(file));
