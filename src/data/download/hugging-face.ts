/** The parquet copy of CIFAR-100 on Hugging Face: where it is, which shares of it are offered, and what they cost. */
import { FULL, type PartName } from '../forms/assemble';

/** The data set's name there, and the server's. */
export const HUGGING_FACE = { host: 'huggingface.co', name: 'uoft-cs/cifar100' } as const;

const FOLDER = `https://${HUGGING_FACE.host}/datasets/${HUGGING_FACE.name}/resolve/main/cifar100/`;

/** The two files of the copy. */
export const HUGGING_FACE_URLS: Readonly<Record<PartName, string>> = {
  train: `${FOLDER}train-00000-of-00001.parquet`,
  test: `${FOLDER}test-00000-of-00001.parquet`,
};

/** Shares of the images that the page offers. */
export const SHARES = [0.01, 0.05, 0.1, 0.2, 1] as const;

/** Rows beyond those wanted that are looked through for balanced classes. */
const SLACK = 1.2;
/** Bytes of the original two files, for an estimate before anything is asked. */
const COMPLETE_BYTES: Readonly<Record<PartName, number>> = { train: 118_518_617, test: 23_772_751 };

/** Images of a share. */
export const wantedOf = (rows: number, share: number): number => Math.max(1, Math.round(rows * share));

/** Rows that are downloaded for a share. */
export const lookedAt = (rows: number, share: number): number =>
  Math.min(rows, Math.ceil(wantedOf(rows, share) * SLACK));

/** About how many bytes a share of the Hugging Face copy costs, without asking the server. */
export const estimatedBytes = (share: number): number =>
  (['train', 'test'] as const).reduce(
    (sum, part) => sum + Math.round((COMPLETE_BYTES[part] * lookedAt(FULL[part], share)) / FULL[part]),
    0,
  );
