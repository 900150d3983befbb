/**
 * The backends that can train: one row per backend. The setting's options, the names that records, results and links may
 * hold, the order in which a page tries them and their labels follow from it; how each is started is `STARTERS` in
 * src/training/engines/backend.ts.
 */
import { phrase } from '../language/phrase';

interface BackendRow {
  /** Proper noun for narrow places, the same in every language. */
  properName: string;
  /** The setting's option, and the name in sentences; translated where it is shown. */
  label: string;
  help: string;
  /** The settings of arithmetic that affect this backend. */
  respects: readonly ('arithmetic' | 'precision')[];
  /** Whether it may replace another backend that was asked for and does not work. */
  replacesOthers: boolean;
}

/** In the order in which 'auto' tries them: the fastest first. */
const BACKENDS = {
  webgpu: {
    properName: 'WebGPU',
    label: phrase('WebGPU'),
    help: phrase('The graphics card; a software adapter is used too when asked for by name.'),
    respects: ['precision'],
    // Somebody who selects another backend may want to avoid the graphics card.
    replacesOthers: false,
  },
  wasm: {
    properName: 'WebAssembly',
    label: phrase('WebAssembly'),
    help: phrase('The processor, with vector instructions and threads where allowed.'),
    respects: ['arithmetic'],
    replacesOthers: true,
  },
  webgl: {
    properName: 'WebGL',
    label: phrase('WebGL'),
    help: phrase('The graphics card through its older interface.'),
    respects: [],
    replacesOthers: true,
  },
  cpu: {
    properName: 'JavaScript',
    label: phrase('Plain JavaScript'),
    help: phrase('Works everywhere, slowly.'),
    respects: [],
    replacesOthers: true,
  },
} satisfies Record<string, BackendRow>;

export type BackendName = keyof typeof BACKENDS;

export const BACKEND_NAMES = Object.keys(BACKENDS) as [BackendName, ...BackendName[]];

export const backendRow = (name: BackendName): BackendRow => BACKENDS[name];

/** Short name of a backend, for a badge or a table's column. */
export const backendName = (backend: BackendName): string => BACKENDS[backend].properName;
