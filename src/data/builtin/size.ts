/** Number of images of the built-in set. In a file of its own, so that the page can import it without the drawing code. */
export const TRAIN_PER_CLASS = 100;
export const TEST_PER_CLASS = 20;
export const CLASSES = 100;
