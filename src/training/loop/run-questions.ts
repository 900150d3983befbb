/** What one may ask of a run's network as it is between two steps, or after the end, and what is answered. */
import { answersOn, buffersIn, recognise } from './test-answers';
import { compareForms } from './fused-comparison';
import type { Images } from './run-images';
import { namedWeights } from '../formats/named-weights';
import type { NetworkPlan } from '../../network/plan';
import type { DistributiveOmit, Report, Request } from '../protocol';
import type { Engine, Trainer } from '../trainer';

export type RunQuestion = Extract<Request, { type: 'fuse' | 'weights' | 'answers' | 'recognise' }>;

type RunReport = DistributiveOmit<Extract<Report, { runId: string }>, 'runId'>;

/** A network between two steps. */
export interface Standing {
  trainer: Trainer;
  engine: Engine;
  plan: NetworkPlan;
  images: Images;
  /** Updates made. */
  step: number;
  /** Whether the run was told to stop since it was asked. */
  cancelled: () => boolean;
}

/** A report that says why a question has no answer. */
export function refusal(question: RunQuestion, reason: string): RunReport {
  switch (question.type) {
    case 'fuse':
      return { type: 'fused', report: null, reason };
    case 'weights':
      return { type: 'weights', form: question.form, step: 0, tensors: null, reason };
    case 'answers':
      return { type: 'answered', report: null, reason };
    case 'recognise':
      return { type: 'recognised', report: null, reason };
  }
}

/** The answer, and the buffers to transfer with it. Throws what the network throws. */
export async function answerTo(
  question: RunQuestion,
  { trainer, engine, plan, images, step, cancelled }: Standing,
): Promise<{ report: RunReport; transfer: Transferable[] }> {
  switch (question.type) {
    case 'fuse': {
      const { report, reason } = await compareForms(engine, plan, await trainer.values(), images, step);
      return { report: { type: 'fused', report, reason }, transfer: [] };
    }
    case 'weights': {
      const { form } = question;
      const { tensors, reason } = namedWeights(plan, await trainer.values(), form);
      const transfer = tensors?.map(({ data }) => data.buffer as ArrayBuffer) ?? [];
      return { report: { type: 'weights', form, step, tensors, reason }, transfer };
    }
    case 'answers': {
      const { report, reason } = await answersOn(trainer, images, step, cancelled);
      return { report: { type: 'answered', report, reason }, transfer: report ? buffersIn(report) : [] };
    }
    case 'recognise': {
      const { report, reason } = await recognise(trainer, images, step, question.pixels);
      return { report: { type: 'recognised', report, reason }, transfer: [] };
    }
  }
}
