/** The texts that every chart has. The functions return them in the reader's language. */

export interface ChartText {
  /** English, translated where it is shown. */
  title: string;
  /** One sentence: what the chart shows. */
  help: () => string;
  /** Unicode mathematics. */
  formula: () => string;
  /** What will appear, shown until the first step. */
  before: () => string;
  /** Shown where the network has nothing to draw in this chart; `before` where left out. */
  never?: () => string;
}
