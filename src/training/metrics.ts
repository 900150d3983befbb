/** Metrics of a batch's logits: plain arrays [n, classes], row by row. */

/** Share of rows whose right class is among the k largest logits. Ties count against the right class; NaN rows count as wrong. */
export function topK(logits: Float32Array, classes: ArrayLike<number>, k: number): number {
  const width = logits.length / classes.length;
  let hits = 0;
  for (let i = 0; i < classes.length; i++) {
    const row = i * width;
    const right = logits[row + classes[i]!]!;
    let notBelow = 0;
    for (let j = 0; j < width; j++) if (j !== classes[i] && !(logits[row + j]! < right)) notBelow++;
    if (notBelow < k) hits++;
  }
  return hits / classes.length;
}

/**
 * The k largest logits of each row, largest first, and their probabilities (softmax). As in `topK`, ties count against
 * the right class where `classes` names it. Logits must be finite.
 */
export function rank(
  logits: Float32Array,
  rows: number,
  k: number,
  classes?: ArrayLike<number>,
): { indices: Uint8Array; probabilities: Float32Array } {
  const width = logits.length / rows;
  const indices = new Uint8Array(rows * k);
  const probabilities = new Float32Array(rows * k);
  for (let i = 0; i < rows; i++) {
    const row = logits.subarray(i * width, (i + 1) * width);
    const order = Array.from(row, (_, j) => j).sort(
      (a, b) => row[b]! - row[a]! || Number(a === classes?.[i]) - Number(b === classes?.[i]),
    );
    const largest = row[order[0]!]!;
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    order.slice(0, k).forEach((j, place) => {
      indices[i * k + place] = j;
      probabilities[i * k + place] = Math.exp(row[j]! - largest) / sum;
    });
  }
  return { indices, probabilities };
}

/** Standard deviation over all values (population, not sample). */
export function standardDeviation(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/** Mean over the `rows` rows of each row's Euclidean norm. */
export function meanRowNorm(values: Float32Array, rows: number): number {
  const width = values.length / rows;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    for (let j = i * width; j < (i + 1) * width; j++) squares += values[j]! ** 2;
    sum += Math.sqrt(squares);
  }
  return sum / rows;
}

/** Mean cross-entropy in nats, without label smoothing. */
export function meanCrossEntropy(logits: Float32Array, classes: ArrayLike<number>): number {
  const width = logits.length / classes.length;
  let total = 0;
  for (let i = 0; i < classes.length; i++) {
    const row = logits.subarray(i * width, (i + 1) * width);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (const value of row) sum += Math.exp(value - largest);
    total += Math.log(sum) + largest - row[classes[i]!]!;
  }
  return total / classes.length;
}
