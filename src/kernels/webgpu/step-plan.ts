/**
 * Plans a network on the GPU: its buffers and the dispatches of a training step and of an evaluation, recorded once and
 * replayed. Reads the graph once forwards and once backwards, as the wasm planner does; see ./step-buffers and the three
 * planners.
 */
import type { NetworkPlan } from '../../network/plan';
import type { Graph } from '../graph';
import { momentSums, sumParts } from './channel-sums';
import type { Gpu } from './gpu';
import type { Add, Dispatch, View } from './shader';
import { BackwardPlanner } from './step-backward';
import { StepBuffers, type GpuStepSettings } from './step-buffers';
import { ForwardPlanner, type Mode } from './step-forward';
import { UpdatePlanner } from './step-update';

export class StepPlan {
  readonly buffers: StepBuffers;
  readonly train: readonly Dispatch[];
  /** Number of dispatches in the forward pass, and up to the end of the backward pass. */
  readonly sections = { forward: 0, backward: 0 };
  readonly evaluate: readonly Dispatch[];
  readonly forwardTraining: readonly Dispatch[];
  readonly squares: readonly Dispatch[];
  /** Sums of squares per channel of every layer's output, [parts][2][channels]. */
  readonly outputSums: readonly { view: View; parts: number; channels: number; values: number }[];

  constructor(gpu: Gpu, plan: NetworkPlan, graph: Graph, settings: GpuStepSettings) {
    const buffers = new StepBuffers(gpu, plan, graph, settings);
    this.buffers = buffers;
    const record = (emit: (add: Add, recorded: readonly Dispatch[]) => void): Dispatch[] => {
      const recorded: Dispatch[] = [];
      emit((...shaders) => recorded.push(...shaders.map((shader) => gpu.dispatch(shader))), recorded);
      return recorded;
    };
    const forward = (mode: Mode) => record((add) => new ForwardPlanner(buffers, add).plan(mode));
    const { rules } = settings;
    this.train = rules
      ? record((add, recorded) => {
          new ForwardPlanner(buffers, add).plan('training');
          this.sections.forward = recorded.length;
          new BackwardPlanner(buffers, add).plan();
          this.sections.backward = recorded.length;
          new UpdatePlanner(buffers, add).plan(rules);
        })
      : [];
    this.forwardTraining = rules ? forward('probe') : [];
    this.evaluate = forward('evaluation');
    this.outputSums = graph.outputs.map((output) => {
      const parts = sumParts(buffers.shape(output));
      const view = gpu.floats(parts * 2 * output.channels, 'output sums');
      return { view, parts, channels: output.channels, values: output.size ** 2 * output.channels };
    });
    this.squares = record((add) =>
      graph.outputs.forEach((output, i) =>
        add(
          momentSums(
            buffers.shape(output),
            buffers.sumWay,
            [buffers.image(output)],
            this.outputSums[i]!.view,
          ),
        ),
      ),
    );
  }
}
