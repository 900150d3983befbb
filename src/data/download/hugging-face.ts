/** The parquet copy of CIFAR-100 on Hugging Face: its address, the shares that are offered, and their download size. */
import { FULL, type PartName } from '../forms/assemble';

/** The server and the name of the data set there. */
export const HUGGING_FACE = { host: 'huggingface.co', name: 'uoft-cs/cifar100' } as const;

const FOLDER = `https://${HUGGING_FACE.host}/datasets/${HUGGING_FACE.name}/resolve/main/cifar100/`;

/** The two files of the copy. */
export const HUGGING_FACE_URLS: Readonly<Record<PartName, string>> = {
  train: `${FOLDER}train-00000-of-00001.parquet`,
  test: `${FOLDER}test-00000-of-00001.parquet`,
};

/** Shares of the images that the page offers. */
export const SHARES = [0.01, 0.05, 0.1, 0.2, 1] as const;

/** Factor of extra rows that are read to find balanced classes. */
const SLACK = 1.2;
/** Bytes of the two files, for an estimate without a request. */
const COMPLETE_BYTES: Readonly<Record<PartName, number>> = { train: 118_518_617, test: 23_772_751 };

/** Number of images of a share. */
export const wantedOf = (rows: number, share: number): number => Math.max(1, Math.round(rows * share));

/** Number of rows that are downloaded for a share. */
export const lookedAt = (rows: number, share: number): number =>
  Math.min(rows, Math.ceil(wantedOf(rows, share) * SLACK));

/** Estimated download size of a share, without a request to the server. */
export const estimatedBytes = (share: number): number =>
  (['train', 'test'] as const).reduce(
    (sum, part) => sum + Math.round((COMPLETE_BYTES[part] * lookedAt(FULL[part], share)) / FULL[part]),
    0,
  );
