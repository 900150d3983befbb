/** Answers to queries about a run's network: as it is between two steps, or after the end. */
import type { Message } from '../../language/message';
import { namedWeights } from '../formats/named-weights';
import type { Queries, Query, QueryType, Reply, ResultOf } from '../protocol';
import type { BuiltRun } from './build-run';
import { compareForms } from './fused-comparison';
import { buffersOfAnswers, classifyImage, classifyTestImages } from './image-answers';

/** Every query but the probe, which needs no run. */
export type RunQueryType = Exclude<QueryType, 'probe'>;
export type RunQuery = Query<RunQueryType>;

/** A reply, and the buffers to move with it rather than copy. */
export interface Answer<Result = ResultOf<Query>> {
  reply: Reply<Result>;
  transfer: Transferable[];
}

export const refusal = (reason: Message): Answer<never> => ({
  reply: { result: null, reason },
  transfer: [],
});

/** A network after `step` updates. `cancelled` says whether the run was stopped since the query arrived. */
export interface QueriedRun {
  run: BuiltRun;
  step: number;
  cancelled: () => boolean;
}

const ANSWERS: {
  [T in RunQueryType]: (query: Query<T>, queried: QueriedRun) => Promise<Answer<Queries[T]['result']>>;
} = {
  async fuse(_query, { run: { engine, plan, trainer, images }, step }) {
    return { reply: await compareForms(engine, plan, await trainer.values(), images, step), transfer: [] };
  },

  async weights({ form }, { run: { plan, trainer }, step }) {
    const { result: tensors, reason } = namedWeights(plan, await trainer.values(), form);
    if (!tensors) return refusal(reason);
    const transfer = tensors.map(({ data }) => data.buffer as ArrayBuffer);
    return { reply: { result: { step, tensors } }, transfer };
  },

  async answers(_query, { run: { trainer, images }, step, cancelled }) {
    const reply = await classifyTestImages(trainer, images, step, cancelled);
    return { reply, transfer: reply.result ? buffersOfAnswers(reply.result) : [] };
  },

  async recognise({ pixels }, { run: { trainer, images }, step }) {
    return { reply: await classifyImage(trainer, images, step, pixels), transfer: [] };
  },
};

/** Rejects with what the network throws. */
export function answerRunQuery<T extends RunQueryType>(
  query: Query<T>,
  queried: QueriedRun,
): Promise<Answer<Queries[T]['result']>> {
  return ANSWERS[query.type as T](query, queried);
}
