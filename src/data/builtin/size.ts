/** How many images the built-in set has; apart, so that the page knows without the code that draws them. */
export const TRAIN_PER_CLASS = 100;
export const TEST_PER_CLASS = 20;
export const CLASSES = 100;
