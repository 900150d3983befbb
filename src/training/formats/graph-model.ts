/**
 * Writes a network as a TensorFlow.js graph model (model.json and one weights file) in evaluation mode, for
 * `tf.loadGraphModel`. Input "images" [n, 32, 32, 3], normalised; output "logits" [n, classes].
 */
import { BATCH_NORM_EPSILON } from '../../network/batch-norm';
import {
  blockValue,
  branchValue,
  type BlockAlgebra,
  type BranchAlgebra,
} from '../../network/block-arithmetic';
import { kernelSize } from '../../network/branches';
import type {
  BatchNormPlan,
  BlockPlan,
  BranchPlan,
  ModulePlan,
  NetworkPlan,
  ShortcutPlan,
} from '../../network/plan';

type Attribute =
  | { type: string }
  | { s: string }
  | { b: boolean }
  | { i: string }
  | { list: { i?: string[]; s?: string[] } }
  | { shape: { dim: { size: string }[] } };

interface GraphNode {
  name: string;
  op: string;
  input: string[];
  attr: Record<string, Attribute>;
}

export interface GraphModel {
  /** The content of model.json. */
  model: object;
  /** The content of the weights file that it names. */
  weights: ArrayBuffer;
}

const FLOAT: Attribute = { type: 'DT_FLOAT' };
const INT: Attribute = { type: 'DT_INT32' };
const base64 = (text: string) => btoa(text);
const ints = (values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });

/** Collects nodes and weights; every method returns the name of the node that it added. */
class Graph {
  readonly nodes: GraphNode[] = [];
  readonly weights: {
    name: string;
    shape: number[];
    dtype: 'float32' | 'int32';
    data: Float32Array | Int32Array;
  }[] = [];
  private count = 0;

  constructor(private readonly values: ReadonlyMap<string, Float32Array>) {}

  node(
    op: string,
    input: string[],
    attr: Record<string, Attribute> = {},
    name = `${op}_${this.count++}`,
  ): string {
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return name;
  }

  constant(data: Float32Array | Int32Array, shape: number[]): string {
    const name = `weights_${this.count++}`;
    const float = data instanceof Float32Array;
    this.weights.push({ name, shape, dtype: float ? 'float32' : 'int32', data });
    const dims = { shape: { dim: shape.map((size) => ({ size: String(size) })) } };
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: float ? FLOAT : INT, value: dims } });
    return name;
  }

  value(name: string): Float32Array {
    const value = this.values.get(name);
    if (!value) throw new Error(`There are no values for ${name}.`);
    return value;
  }

  /** gain · x + offset per channel. */
  affine(x: string, gain: Float32Array | null, offset: Float32Array | null): string {
    const scaled = gain ? this.node('Mul', [x, this.constant(gain, [gain.length])]) : x;
    return offset ? this.node('AddV2', [scaled, this.constant(offset, [offset.length])]) : scaled;
  }

  batchNorm(x: string, { gamma, beta, runningMean, runningVar }: BatchNormPlan): string {
    const [mean, variance] = [this.value(runningMean), this.value(runningVar)];
    const gain = this.value(gamma).map((g, c) => g / Math.sqrt(variance[c]! + BATCH_NORM_EPSILON));
    return this.affine(
      x,
      gain,
      this.value(beta).map((b, c) => b - mean[c]! * gain[c]!),
    );
  }

  pad(x: string, sides: readonly number[]): string {
    return this.node('Pad', [x, this.constant(Int32Array.from(sides), [4, 2])], { Tpaddings: INT });
  }

  /** A convolution with PyTorch's symmetric padding; TensorFlow's "SAME" pads differently at stride 2. */
  convolution(x: string, kernel: Float32Array, shape: number[], stride: number): string {
    const [top, left] = [(shape[0]! - 1) / 2, (shape[1]! - 1) / 2];
    const padded = top + left === 0 ? x : this.pad(x, [0, 0, top, top, left, left, 0, 0]);
    return this.node('Conv2D', [padded, this.constant(kernel, shape)], {
      strides: ints([1, stride, stride, 1]),
      padding: { s: base64('VALID') },
      data_format: { s: base64('NHWC') },
      dilations: ints([1, 1, 1, 1]),
    });
  }
}

/**
 * The model of a plan with these values (parameters and running statistics in the plan's layout), for images of
 * `side` x `side` pixels. Throws Error where values are missing.
 */
export function toGraphModel(
  plan: NetworkPlan,
  values: ReadonlyMap<string, Float32Array>,
  side = 32,
): GraphModel {
  const graph = new Graph(values);
  const input = graph.node(
    'Placeholder',
    [],
    { dtype: FLOAT, shape: { shape: { dim: [-1, side, side, 3].map((size) => ({ size: String(size) })) } } },
    'images',
  );
  const features = plan.modules.reduce((x, module) => addModule(graph, module, x), input);
  const pooled = graph.node('Mean', [features, graph.constant(Int32Array.of(1, 2), [2])], {
    keep_dims: { b: false },
    Tidx: INT,
  });
  const { head, classes } = plan;
  const product = graph.node(
    'MatMul',
    [pooled, graph.constant(graph.value(head.weight), [head.cin, classes])],
    {
      transpose_a: { b: false },
      transpose_b: { b: false },
    },
  );
  graph.node('AddV2', [product, graph.constant(graph.value(head.bias), [classes])], {}, 'logits');
  return modelOf(graph, side, classes);
}

function addModule(graph: Graph, module: ModulePlan, x: string): string {
  switch (module.kind) {
    case 'block':
      return addBlock(graph, module.block, x);
    case 'residual': {
      const inner = addBlock(graph, module.second, addBlock(graph, module.first, x));
      return graph.node('Relu', [graph.node('AddV2', [inner, addShortcut(graph, module.shortcut, x)])]);
    }
    case 'preactivation': {
      const a = graph.node('Relu', [graph.batchNorm(x, module.norm)]);
      const past = module.shortcut.kind === 'identity' ? x : addShortcut(graph, module.shortcut, a);
      return graph.node('AddV2', [addBlock(graph, module.second, addBlock(graph, module.first, a)), past]);
    }
    case 'normalise':
      return graph.node('Relu', [graph.batchNorm(x, module.norm)]);
    default:
      return module satisfies never;
  }
}

function addShortcut(graph: Graph, shortcut: ShortcutPlan, x: string): string {
  switch (shortcut.kind) {
    case 'identity':
      return x;
    case 'pad': {
      const index = (...values: number[]) => graph.constant(Int32Array.from(values), [values.length]);
      const thinned =
        shortcut.stride === 1
          ? x
          : graph.node('StridedSlice', [x, index(0, 0, 0, 0), index(0, 0, 0, 0), index(1, 2, 2, 1)], {
              Index: INT,
              // Every dimension begins and ends where the input does.
              begin_mask: { i: '15' },
              end_mask: { i: '15' },
              ellipsis_mask: { i: '0' },
              new_axis_mask: { i: '0' },
              shrink_axis_mask: { i: '0' },
            });
      return graph.pad(thinned, [0, 0, 0, 0, 0, 0, shortcut.before, shortcut.after]);
    }
    case 'projection': {
      const kernel = graph.value(shortcut.kernel);
      const shape = [1, 1, kernel.length / shortcut.channels, shortcut.channels];
      const y = graph.convolution(x, kernel, shape, shortcut.stride);
      if (shortcut.bias) return graph.affine(y, null, graph.value(shortcut.bias));
      return shortcut.norm ? graph.batchNorm(y, shortcut.norm) : y;
    }
    default:
      return shortcut satisfies never;
  }
}

function addBlock(graph: Graph, block: BlockPlan, x: string): string {
  const { cin, cout, stride } = block;
  const convolve = (branch: BranchPlan, kernel: Float32Array) =>
    graph.convolution(x, kernel, [...kernelSize(branch.branch), cin, cout], stride);
  const algebra: BlockAlgebra<string> & BranchAlgebra<string> = {
    input: () => x,
    convolve: (branch, kernel) => convolve(branch, graph.value(kernel)),
    convolveNormalised: (branch, kernel, scale) =>
      graph.affine(convolve(branch, normalised(graph.value(kernel), cout)), graph.value(scale), null),
    sequence(branch, { kernel, bn }) {
      const y = graph.convolution(x, graph.value(kernel), [1, 1, cin, bn.channels], 1);
      return addSequenceEnd(graph, block, branch, bn, graph.batchNorm(y, bn));
    },
    times: (y, factor) => graph.node('Mul', [y, graph.constant(Float32Array.of(factor), [])]),
    scale: (y, scale) => graph.affine(y, graph.value(scale), null),
    norm: (y, norm) => graph.batchNorm(y, norm),
    relu: (y) => graph.node('Relu', [y]),
    sumOfBranches() {
      const sum = block.branches
        .map((branch) => branchValue(block, branch, algebra))
        .reduce((total, part) => graph.node('AddV2', [total, part]));
      return block.bias ? graph.affine(sum, null, graph.value(block.bias)) : sum;
    },
    addPast: (y, past) => graph.node('AddV2', [y, branchValue(block, past, algebra)]),
  };
  return blockValue(block, algebra);
}

/** The second part of DBB's sequences: its border is the batch norm's value of a zero input, so that value is taken off before and added after. */
function addSequenceEnd(
  graph: Graph,
  block: BlockPlan,
  branch: BranchPlan,
  { gamma, beta, runningMean, runningVar, channels }: BatchNormPlan,
  y: string,
): string {
  const [g, b, mean, variance] = [gamma, beta, runningMean, runningVar].map((name) => graph.value(name)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const border = b.map(
    (value, c) => value - (mean[c]! * g[c]!) / Math.sqrt(variance[c]! + BATCH_NORM_EPSILON),
  );
  const kernel = branch.kernel ? graph.value(branch.kernel) : averageKernel(block.cout);
  const lifted = graph.affine(
    y,
    null,
    border.map((value) => -value),
  );
  const shape = [3, 3, channels, block.cout];
  const convolved = graph.convolution(lifted, kernel, shape, block.stride);
  const back = new Float32Array(block.cout);
  for (let i = 0; i < kernel.length; i++)
    back[i % block.cout]! += kernel[i]! * border[Math.floor(i / block.cout) % channels]!;
  return graph.affine(convolved, null, back);
}

function averageKernel(channels: number): Float32Array {
  const kernel = new Float32Array(9 * channels * channels);
  for (let tap = 0; tap < 9; tap++)
    for (let c = 0; c < channels; c++) kernel[(tap * channels + c) * channels + c] = 1 / 9;
  return kernel;
}

/** The kernel with every output channel scaled to Euclidean norm 1. */
function normalised(kernel: Float32Array, cout: number): Float32Array {
  const squares = new Float64Array(cout);
  kernel.forEach((value, i) => (squares[i % cout]! += value * value));
  return kernel.map((value, i) => value / Math.sqrt(squares[i % cout]!));
}

function modelOf(graph: Graph, side: number, classes: number): GraphModel {
  const size = graph.weights.reduce((sum, { data }) => sum + data.byteLength, 0);
  const weights = new ArrayBuffer(size);
  let at = 0;
  for (const { data } of graph.weights) {
    new Uint8Array(weights, at).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    at += data.byteLength;
  }
  const port = (name: string, dims: number[]) => ({
    [name]: {
      name: `${name}:0`,
      dtype: 'DT_FLOAT',
      tensorShape: { dim: dims.map((length) => ({ size: String(length) })) },
    },
  });
  return {
    weights,
    model: {
      format: 'graph-model',
      // not translated: a name.
      generatedBy: 'Branch Lab',
      convertedBy: null,
      signature: { inputs: port('images', [-1, side, side, 3]), outputs: port('logits', [-1, classes]) },
      modelTopology: { node: graph.nodes, library: {}, versions: {} },
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: graph.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
        },
      ],
    },
  };
}
