/**
 * The interface of the compiled kernels: every kernel of ./assembly with its parameters by name and kind, in the order
 * of its source. Planners call kernels by these names; a missing, surplus or misspelt argument, or an address in the
 * place of a size, is a type error. Programs carry the arguments as plain arrays, see ./program. That the table agrees
 * with the compiled kernels is checked in ./instantiate (number of parameters) and ./kernel-table.test.ts (names, order,
 * types).
 */

declare const kind: unique symbol;
/** A byte address in the memory of the kernels. */
export type Address = number & { readonly [kind]: 'address' };
/** A size, count, index or factor: any number that is not an address. */
export type Quantity = number & { readonly [kind]?: 'quantity' };

/** The address `bytes` bytes after another one. */
export const offset = (address: Address, bytes: Quantity): Address => (address + bytes) as Address;

/** What the caller of each kind of parameter passes; in AssemblyScript usize, usize, i32, f32 or f64, and bool. */
interface ValueOfKind {
  address: Address;
  /** 0 in the kernel, where null is passed. */
  'address or null': Address | null;
  integer: Quantity;
  real: Quantity;
  flag: boolean;
}
export type ParameterKind = keyof ValueOfKind;
export type KernelParameters = Readonly<Record<string, ParameterKind>>;

/**
 * The leading parameters, which the executor passes when it calls a kernel: `chunk` kernels work on the images
 * [first, last) of a batch, which are its chunk number `chunk`; `task` kernels do not depend on the images. `scratch` is
 * the address of the calling thread's own scratch memory.
 */
export const PASSED_AT_CALL = {
  chunk: ['first', 'last', 'chunk', 'scratch'],
  task: ['scratch'],
} as const;

export const KERNELS = {
  chunk: {
    importImages: { x: 'address', to: 'address', size: 'integer', from: 'integer', channels: 'integer' },
    momentSums: { x: 'address', sums: 'address', size: 'integer', channels: 'integer' },
    winogradConvolution: {
      x: 'address',
      u: 'address',
      y: 'address',
      size: 'integer',
      cin: 'integer',
      cout: 'integer',
      add: 'flag',
    },
    winogradKernelGradient: {
      x: 'address',
      dy: 'address',
      dw: 'address',
      size: 'integer',
      cin: 'integer',
      cout: 'integer',
    },
    directConvolution: {
      x: 'address',
      packed: 'address',
      y: 'address',
      inSize: 'integer',
      outSize: 'integer',
      cin: 'integer',
      cout: 'integer',
      k: 'integer',
      stride: 'integer',
      add: 'flag',
    },
    directInputGradient2: {
      dy: 'address',
      turned: 'address',
      dx: 'address',
      inSize: 'integer',
      outSize: 'integer',
      cin: 'integer',
      cout: 'integer',
      k: 'integer',
      add: 'flag',
    },
    directKernelGradient: {
      x: 'address',
      dy: 'address',
      dw: 'address',
      inSize: 'integer',
      outSize: 'integer',
      cin: 'integer',
      cout: 'integer',
      k: 'integer',
      stride: 'integer',
    },
    combine: {
      out: 'address',
      b: 'address or null',
      relu: 'flag',
      size: 'integer',
      channels: 'integer',
      y0: 'address',
      a0: 'address',
      y1: 'address or null',
      a1: 'address or null',
      y2: 'address or null',
      a2: 'address or null',
    },
    addView: {
      out: 'address',
      y: 'address',
      a: 'real',
      size: 'integer',
      channels: 'integer',
      ySize: 'integer',
      yChannels: 'integer',
      count: 'integer',
      stride: 'integer',
      offset: 'integer',
    },
    rectify: { x: 'address', size: 'integer', channels: 'integer' },
    maskGradient: { dout: 'address', out: 'address', size: 'integer', channels: 'integer' },
    gradientSums: {
      dout: 'address',
      out: 'address or null',
      sums: 'address',
      size: 'integer',
      channels: 'integer',
      terms: 'integer',
      y0: 'address',
      y1: 'address or null',
      y2: 'address or null',
    },
    spreadGradient: {
      dz: 'address',
      y: 'address or null',
      dy: 'address',
      a: 'address',
      b: 'address or null',
      c: 'address or null',
      size: 'integer',
      channels: 'integer',
      add: 'flag',
    },
    addViewGradient: {
      dz: 'address',
      dy: 'address',
      a: 'real',
      size: 'integer',
      channels: 'integer',
      ySize: 'integer',
      yChannels: 'integer',
      count: 'integer',
      stride: 'integer',
      offset: 'integer',
      add: 'flag',
    },
    headForward: {
      x: 'address',
      features: 'address',
      weight: 'address',
      bias: 'address',
      logits: 'address',
      size: 'integer',
      channels: 'integer',
      columns: 'integer',
    },
    crossEntropy: {
      logits: 'address',
      labels: 'address',
      dlogits: 'address',
      losses: 'address',
      classes: 'integer',
      columns: 'integer',
      batch: 'integer',
      smoothing: 'real',
    },
    headBackward: {
      features: 'address',
      weight: 'address',
      dlogits: 'address',
      dx: 'address',
      dweight: 'address',
      dbias: 'address',
      size: 'integer',
      channels: 'integer',
      columns: 'integer',
    },
  },
  task: {
    clear: { at: 'address', count: 'integer' },
    averageKernel: {
      kernel: 'address',
      taps: 'integer',
      cin: 'integer',
      cout: 'integer',
      channels: 'integer',
    },
    mergeKernel: {
      merged: 'address',
      k: 'integer',
      w: 'address',
      kh: 'integer',
      kw: 'integer',
      s: 'address or null',
      constant: 'real',
      cin: 'integer',
      cout: 'integer',
    },
    mergeIdentity: {
      merged: 'address',
      k: 'integer',
      s: 'address or null',
      constant: 'real',
      cin: 'integer',
      cout: 'integer',
      channels: 'integer',
    },
    mergeKernelGradient: {
      dmerged: 'address',
      k: 'integer',
      w: 'address',
      dw: 'address',
      kh: 'integer',
      kw: 'integer',
      s: 'address or null',
      ds: 'address or null',
      constant: 'real',
      cin: 'integer',
      cout: 'integer',
    },
    mergeIdentityGradient: {
      dmerged: 'address',
      k: 'integer',
      ds: 'address',
      constant: 'real',
      cin: 'integer',
      cout: 'integer',
      channels: 'integer',
    },
    kernelNorms: {
      w: 'address',
      s: 'address',
      rows: 'integer',
      cout: 'integer',
      channels: 'integer',
      inverse: 'address',
      gain: 'address',
    },
    kernelNormsGradient: {
      w: 'address',
      dw: 'address',
      s: 'address',
      ds: 'address',
      dgain: 'address',
      inverse: 'address',
      rows: 'integer',
      cout: 'integer',
      channels: 'integer',
    },
    winogradKernel: {
      w: 'address',
      u: 'address',
      cin: 'integer',
      cout: 'integer',
      firstPanel: 'integer',
      lastPanel: 'integer',
    },
    winogradTurnedKernel: {
      w: 'address',
      u: 'address',
      cin: 'integer',
      cout: 'integer',
      firstPanel: 'integer',
      lastPanel: 'integer',
    },
    packKernel: {
      w: 'address',
      packed: 'address',
      taps: 'integer',
      cin: 'integer',
      cout: 'integer',
      firstPanel: 'integer',
      lastPanel: 'integer',
    },
    packTurnedKernel: {
      w: 'address',
      packed: 'address',
      taps: 'integer',
      cin: 'integer',
      cout: 'integer',
      firstPanel: 'integer',
      lastPanel: 'integer',
    },
    moments: {
      sums: 'address',
      parts: 'integer',
      stride: 'integer',
      channels: 'integer',
      count: 'real',
      epsilon: 'real',
      mean: 'address',
      variance: 'address',
      inverse: 'address',
    },
    moveRunning: {
      mean: 'address',
      variance: 'address',
      runningMean: 'address',
      runningVariance: 'address',
      channels: 'integer',
      momentum: 'real',
      unbias: 'real',
    },
    inverseDeviation: { variance: 'address', inverse: 'address', channels: 'integer', epsilon: 'real' },
    normCoefficients: {
      mean: 'address',
      inverse: 'address',
      gamma: 'address',
      beta: 'address',
      factor: 'real',
      a: 'address',
      b: 'address',
      channels: 'integer',
      add: 'flag',
    },
    biasCoefficient: { bias: 'address', factor: 'real', b: 'address', channels: 'integer', add: 'flag' },
    scaleCoefficient: { s: 'address', factor: 'real', a: 'address', channels: 'integer' },
    normGradient: {
      sums: 'address',
      parts: 'integer',
      rows: 'integer',
      row: 'integer',
      stride: 'integer',
      channels: 'integer',
      count: 'real',
      factor: 'real',
      mean: 'address',
      inverse: 'address',
      gamma: 'address',
      dgamma: 'address',
      dbeta: 'address',
      a: 'address',
      b: 'address',
      c: 'address',
    },
    scaleGradient: {
      sums: 'address',
      parts: 'integer',
      rows: 'integer',
      row: 'integer',
      stride: 'integer',
      channels: 'integer',
      factor: 'real',
      ds: 'address',
    },
    valueOfZero: {
      runningMean: 'address',
      runningVariance: 'address',
      gamma: 'address',
      beta: 'address',
      value: 'address',
      channels: 'integer',
      epsilon: 'real',
    },
    addBorderValue: {
      kernel: 'address',
      v: 'address',
      from: 'address',
      sign: 'real',
      to: 'address',
      taps: 'integer',
      cin: 'integer',
      cout: 'integer',
      channels: 'integer',
    },
    meanLoss: { losses: 'address', batch: 'integer', loss: 'address', finite: 'address' },
    sumParts: { parts: 'address', stride: 'integer', number: 'integer', sum: 'address', count: 'integer' },
    multiply: { g: 'address', factors: 'address', count: 'integer' },
    updateParameter: {
      w: 'address',
      v: 'address',
      g: 'address',
      count: 'integer',
      rate: 'address',
      finite: 'address',
      lrFactor: 'real',
      decay: 'real',
      momentum: 'real',
      nesterov: 'flag',
    },
  },
} as const satisfies Record<keyof typeof PASSED_AT_CALL, Record<string, KernelParameters>>;

export type ChunkKernel = keyof (typeof KERNELS)['chunk'];
export type TaskKernel = keyof (typeof KERNELS)['task'];
export type KernelName = ChunkKernel | TaskKernel;

type ValuesOf<Parameters extends KernelParameters> = {
  readonly [Name in keyof Parameters]: ValueOfKind[Parameters[Name]];
};
/** The planned arguments of a kernel by name. */
export type ChunkArguments<Kernel extends ChunkKernel> = ValuesOf<(typeof KERNELS)['chunk'][Kernel]>;
export type TaskArguments<Kernel extends TaskKernel> = ValuesOf<(typeof KERNELS)['task'][Kernel]>;

/** The arguments in the order of the kernel's parameters, as WebAssembly takes them: null as 0, flags as 0 or 1. */
export function inOrder(parameters: KernelParameters, values: object): number[] {
  const byName = values as Readonly<Record<string, number | boolean | null>>;
  return Object.keys(parameters).map((name) => Number(byName[name]));
}

/** Number of parameters of each kernel, those passed at the call included. */
export const ARITIES = new Map<KernelName, number>(
  (['chunk', 'task'] as const).flatMap((group) =>
    Object.entries(KERNELS[group]).map(
      ([kernel, parameters]) =>
        [kernel as KernelName, PASSED_AT_CALL[group].length + Object.keys(parameters).length] as const,
    ),
  ),
);

/** The compiled kernels on one memory. */
export type CompiledKernels = Readonly<Record<KernelName, (...args: number[]) => void>>;
