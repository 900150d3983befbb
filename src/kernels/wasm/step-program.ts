/**
 * Plans a network's memory and programs: training step (forward, backward, update), evaluation, and sums of squares.
 * All buffers and the order of all calls are fixed here; see ./step-buffers and the three planners.
 */
import type { NetworkPlan } from '../../network/plan';
import type { Graph } from '../graph';
import type { Slot } from './memory-plan';
import { ProgramBuilder, type Program } from './program';
import { BackwardPlanner } from './step-backward';
import { StepBuffers, type Addresses, type WasmStepSettings } from './step-buffers';
import { ForwardPlanner, type Mode } from './step-forward';
import { UpdatePlanner } from './step-update';

export interface NetworkProgram {
  bytes: number;
  columns: number;
  slots: ReadonlyMap<string, Slot>;
  /** Length in floats of a region of parameters. */
  regionLength: number;
  at: Addresses;
  train: Program | null;
  /** Number of phases of the forward pass, and of the backward pass. */
  sections: { forward: number; backward: number };
  evaluate: Program;
  /** Sums of squares of the outputs; run it after `train` or `evaluateTraining`. */
  squares: Program;
  /** Forward pass in training mode that updates nothing. */
  forwardTraining: Program;
}

/** Plans the memory and all programs of a network. */
export function planStep(plan: NetworkPlan, graph: Graph, settings: WasmStepSettings): NetworkProgram {
  const buffers = new StepBuffers(plan, graph, settings);
  const forward = (mode: Mode): Program => {
    const builder = new ProgramBuilder();
    new ForwardPlanner(buffers).plan(builder, mode);
    return builder.program;
  };
  const sections = { forward: 0, backward: 0 };
  const train = (): Program => {
    const builder = new ProgramBuilder();
    new ForwardPlanner(buffers).plan(builder, 'training');
    sections.forward = builder.program.length;
    new BackwardPlanner(buffers).plan(builder);
    sections.backward = builder.program.length;
    new UpdatePlanner(buffers).plan(builder);
    return builder.program;
  };
  const programs = {
    train: settings.rules ? train() : null,
    forwardTraining: forward('probe'),
    evaluate: forward('evaluation'),
    squares: planSquares(buffers),
  };
  const { memory, at, columns, slots, regionLength } = buffers.finish();
  return { bytes: memory.bytes, columns, slots, regionLength, at, sections, ...programs };
}

/** Sums of squares of every layer's output. */
function planSquares(buffers: StepBuffers): Program {
  const builder = new ProgramBuilder();
  for (const output of buffers.graph.outputs) {
    const channels = buffers.channelsOf(output);
    const at = buffers.memory.reserve(8 * buffers.mostChunks * 2 * channels);
    buffers.at.outputSums.push({
      at,
      channels: output.channels,
      padded: channels,
      values: output.size ** 2 * output.channels,
      chunks: buffers.openPhase(builder, output),
    });
    builder.chunk('momentSums', { x: buffers.image(output), sums: at, size: output.size, channels });
  }
  return builder.program;
}
