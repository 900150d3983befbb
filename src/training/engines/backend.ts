/**
 * Chooses and starts a backend: WebGPU on a hardware adapter, else the lab's own WebAssembly kernels, else TensorFlow.js
 * on WebGL or in plain JavaScript; or the one that was asked for. A backend is used only after a test step with a known
 * result.
 */
import { BACKEND_NAMES, backendRow, type BackendName } from '../../experiment/backends';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import { inSentences, message, MessageError, saidBy, verbatim, type Message } from '../../language/message';
import { planNetwork } from '../../network/plan-network';
import type { Environment } from '../protocol';
import type { Engine } from '../trainer';
import { startWasm } from './wasm-backend';
import { startWebgpu } from './webgpu-backend';

/** Settings that change how numbers are stored and rounded. */
type Numbers = Pick<Experiment, 'arithmetic' | 'precision'>;

/** A backend that works: the name of its adapter for people, and its engine. */
interface Started {
  adapter: Message;
  engine: Engine;
}

/** Backends that have been started in this worker. */
const started = new Map<string, Started>();

export interface ActiveBackend {
  environment: Environment;
  engine: Engine;
}

/**
 * Makes `requested` the current backend, or with 'auto' the first in order that works. A software WebGPU adapter is
 * used only when WebGPU is asked for by name. Throws MessageError with every reason where none works.
 */
export async function activateBackend(
  requested: BackendName | 'auto',
  numbers: Numbers = DEFAULT_EXPERIMENT,
): Promise<ActiveBackend> {
  const notUsed: Message[] = [];
  const candidates =
    requested === 'auto'
      ? BACKEND_NAMES
      : [requested, ...BACKEND_NAMES.filter((name) => name !== requested && backendRow(name).replacesOthers)];
  for (const backend of candidates) {
    const { properName, respects } = backendRow(backend);
    try {
      const key = [backend, ...respects.map((kind) => numbers[kind])].join(' ');
      const active = started.get(key) ?? (await STARTERS[backend](requested === backend, numbers));
      await active.engine.use();
      if (!started.has(key)) await checkArithmetic(active.engine);
      started.set(key, active);
      const chosen =
        requested === backend
          ? message('backend.askedFor', { backend: properName })
          : notUsed.length === 0
            ? message('backend.fastest')
            : message('backend.next', { backend: properName });
      const single =
        numbers.precision === 'half' && !respects.includes('precision') ? [message('backend.single')] : [];
      const reason = inSentences([...notUsed, chosen, ...single]);
      return { environment: { backend, adapter: active.adapter, reason }, engine: active.engine };
    } catch (error) {
      notUsed.push(message('backend.notUsed', { backend: properName, why: saidBy(error) }));
    }
  }
  throw new MessageError(message('backend.none', { reasons: notUsed }));
}

/** Loads a backend and starts it; throws where it cannot. */
const STARTERS: Record<BackendName, (askedFor: boolean, numbers: Numbers) => Promise<Started>> = {
  webgpu: (askedFor, { precision }) => startWebgpu(askedFor, undefined, precision),

  wasm: (_askedFor, { arithmetic }) => startWasm(arithmetic),

  async webgl() {
    const { startTfjs, webglVersion } = await import('./tfjs/backend');
    const engine = await startTfjs('webgl');
    return { adapter: verbatim(webglVersion()), engine };
  },

  async cpu() {
    const { startTfjs } = await import('./tfjs/backend');
    return { adapter: message('adapter.thread'), engine: await startTfjs('cpu') };
  },
};

/**
 * Throws Error where one step of a tiny network gives wrong numbers, as some drivers do. With an input of ones and a
 * 3x3 kernel of ones the batch norm sees equal images, so the logits are the head's bias and the loss is ln 2.
 */
async function checkArithmetic(engine: Engine): Promise<void> {
  const plan = planNetwork({ ...DEFAULT_EXPERIMENT, ...CHECKED }, 2, 4);
  const values = new Map(
    plan.parameters.map(({ name, shape }) => [name, new Float32Array(size(shape)).fill(1)]),
  );
  const trainer = engine.trainer(plan, { batch: 2, side: 4 }, { ...DEFAULT_EXPERIMENT, ...CHECKED }, values);
  try {
    const step = trainer.step(new Float32Array(2 * 4 * 4 * 3).fill(1), [0, 1], 0.5, [], EVERYTHING);
    const { loss } = await step.numbers;
    const { gradients, statistics } = (await step.observed)!;
    step.release();
    const norm = plan.batchNorms[0]!;
    // Corners see 12 ones, edges 18, the middle 27: 4·12 + 8·18 + 4·27 = 300 over 16 pixels.
    const mean = statistics.get(norm.runningMean)![0]!;
    // The gradients of two images of two classes cancel.
    const bias = gradients.get(plan.head.bias)![0]!;
    if (Math.abs(loss - Math.LN2) > 1e-4 || Math.abs(mean - 18.75) > 1e-3 || Math.abs(bias) > 1e-4)
      throw new MessageError(
        message('backend.wrongSum', {
          found: `${loss}, ${mean}, ${bias}`,
          expected: `${Math.LN2}, 18.75, 0`,
        }),
      );
  } finally {
    trainer.dispose();
  }
}

const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
const CHECKED = {
  family: 'repvgg',
  depths: [1],
  widths: [2],
  strides: [1],
  conv3x3: 'none',
  conv1x1: 'off',
  identity: 'off',
  norm: 'post',
} as const satisfies Partial<Experiment>;
const EVERYTHING = { gradients: true, statistics: true, squares: false, after: false };
