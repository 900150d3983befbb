/**
 * The published results of the study and of the work that it is compared with, each as changes to an experiment.
 * Sources: the study (a weekly report of 2021), RepVGG (Ding et al. 2021), QARepVGG (Chu et al. 2022), and published
 * CIFAR-100 baselines.
 */
import { phrase } from '../language/language';
import { message, type Message } from '../language/message';
import { MESSAGES, type MessageId } from '../language/messages';
import { presetById, valuesOf } from './presets';
import type { Experiment } from './settings';

export interface Published {
  /** Top-1 in per cent; a range where sources differ; null where the number is lost or was never measured. */
  top1: number | readonly [number, number] | null;
  dataset: 'ImageNet' | 'CIFAR-100';
  /** In English, as are the other texts here: translated where they are shown. */
  source: string;
}

/** The rows have their labels in language/messages.ts, as the queue stores them. */
type StudyRowId = MessageId extends infer Id ? (Id extends `study.${infer Row}` ? Row : never) : never;
type IdAfterB0 = StudyRowId extends infer Id ? (Id extends `b0-${infer Rest}` ? Rest : never) : never;

export interface StudyRow {
  id: StudyRowId;
  label: string;
  published: Published;
  /** Changes to the experiment of the settings panel, from which the other values are taken. */
  values: Partial<Experiment>;
}

export interface StudySection {
  id: string;
  title: string;
  /** What a reader has to know to interpret the numbers. */
  caution: string;
  rows: readonly StudyRow[];
}

const STUDY = phrase('The study, 2021');
const STUDY_A0 = phrase('The study, 2021, RepVGG-A0, 120 epochs');
const STUDY_B0 = phrase('The study, 2021, RepVGG-B0, 120 epochs');
const REPVGG = phrase('RepVGG, 2021, RepVGG-B0, 120 epochs');
const QAREPVGG = phrase('QARepVGG, 2022, RepVGG-B0, 120 epochs');

const block = (preset: string, changes: Partial<Experiment> = {}): Partial<Experiment> => ({
  ...valuesOf(presetById(preset)!),
  ...changes,
});

const named = (id: StudyRowId): Pick<StudyRow, 'id' | 'label'> => ({ id, label: MESSAGES[`study.${id}`] });

/** The label of a row as a message, which a queue can store. */
export const rowMessage = (id: StudyRowId): Message => message(`study.${id}`);

/** A row of the study's A0 table: the simplified block with some of its parts. */
const a0 = (
  row: 1 | 2 | 3 | 4 | 5 | 6 | 7,
  top1: number,
  parts: { bias6: boolean; twice: boolean; narrow: boolean; identity: boolean },
): StudyRow => ({
  ...named(`a0-${row}`),
  published: { top1, dataset: 'ImageNet', source: STUDY_A0 },
  values: block('simplified', {
    biasLr: parts.bias6 ? 6 : 2,
    factor: parts.twice ? 2 : 1,
    factorAt: 'output',
    conv1x1: parts.narrow ? 'scale' : 'off',
    identity: parts.identity ? 'scale' : 'off',
  }),
});

const b0 = (id: IdAfterB0, top1: number, source: string, values: Partial<Experiment>): StudyRow => ({
  ...named(`b0-${id}`),
  published: { top1, dataset: 'ImageNet', source },
  values: { ...values, biasLr: 2, factor: 1 },
});

const cifar = (
  network: 'resnet-20' | 'resnet-32' | 'resnet-110' | 'wrn-40-4',
  rep: number | null,
  baseline: readonly [number, number] | number,
): StudyRow[] => {
  const { values } = presetById(network)!;
  return [
    {
      ...named(`cifar-${network}-rep`),
      published: {
        top1: rep,
        dataset: 'CIFAR-100',
        source: rep === null ? phrase('The study, 2021: its figure is lost') : STUDY,
      },
      values: { ...values, ...block('rep'), factor: 1 },
    },
    {
      ...named(`cifar-${network}-plain`),
      published: {
        top1: baseline,
        dataset: 'CIFAR-100',
        source: phrase('Published baselines; the study never ran this one'),
      },
      values: { ...values, ...block('plain'), factor: 1 },
    },
  ];
};

export const STUDY_SECTIONS: readonly StudySection[] = [
  {
    id: 'a0',
    title: phrase('RepVGG-A0, simplified block'),
    caution: phrase(
      'One seed per row. Rows 2 to 7 span 0.47 points, and RepVGG’s author calls 0.2 points normal noise: of all of this, only the identity branch clearly helps. By T1 row 1 equals a plain net up to noise.',
    ),
    rows: [
      a0(1, 71.1, {
        bias6: false,
        twice: true,
        narrow: false,
        identity: false,
      }),
      a0(2, 71.86, {
        bias6: true,
        twice: true,
        narrow: false,
        identity: true,
      }),
      a0(3, 71.94, {
        bias6: true,
        twice: true,
        narrow: true,
        identity: true,
      }),
      a0(4, 72.01, {
        bias6: true,
        twice: false,
        narrow: true,
        identity: true,
      }),
      a0(5, 71.79, {
        bias6: false,
        twice: false,
        narrow: true,
        identity: true,
      }),
      a0(6, 72.02, {
        bias6: false,
        twice: false,
        narrow: false,
        identity: true,
      }),
      a0(7, 71.55, {
        bias6: true,
        twice: false,
        narrow: false,
        identity: true,
      }),
    ],
  },
  {
    id: 'b0',
    title: phrase('RepVGG-B0, simplified block'),
    caution: phrase(
      'One seed per row. The study calls the 1x1 branch harmful; here the rows with it are the better ones.',
    ),
    rows: [
      b0('id-bare', 74.19, STUDY_B0, block('rep')),
      b0('id-scaled', 74.13, STUDY_B0, block('rep', { identity: 'scale' })),
      b0('all-scaled', 74.6, STUDY_B0, block('simplified')),
      b0('all-id-bare', 74.55, STUDY_B0, block('simplified', { identity: 'none' })),
    ],
  },
  {
    id: 'ablation',
    title: phrase('RepVGG-B0, the paper’s ablation'),
    caution: phrase(
      'ImageNet, one seed per row, as published. Branches have batch norms unless the row says otherwise.',
    ),
    rows: [
      b0('repvgg', 75.14, REPVGG, block('repvgg')),
      b0('id-only', 74.79, REPVGG, block('repvgg', { conv1x1: 'off' })),
      b0('1x1-only', 73.15, REPVGG, block('repvgg', { identity: 'off' })),
      b0('none', 72.39, REPVGG, block('plain')),
      b0('id-without-bn', 74.18, REPVGG, block('identity-without-bn')),
      b0('post-addition', 73.52, REPVGG, block('post-addition-bn')),
      b0('reorg', 74.56, REPVGG, {
        ...block('plain'),
        shortcuts: 'pairs',
      }),
      b0('qarepvgg', 74.78, QAREPVGG, block('qarepvgg')),
    ],
  },
  {
    id: 'cifar',
    title: phrase('The block in other nets, CIFAR-100'),
    caution: phrase(
      'The rep versions lie below the published baselines, and the normal versions were never run in the study: a difference between the two may be the recipe’s.',
    ),
    rows: [
      ...cifar('resnet-20', null, [68.8, 69.1]),
      ...cifar('resnet-32', 69.45, [70.2, 71.1]),
      ...cifar('resnet-110', 69.5, [71.1, 74.8]),
      ...cifar('wrn-40-4', 77.0, 78.82),
    ],
  },
];

export const STUDY_ROWS: readonly StudyRow[] = STUDY_SECTIONS.flatMap(({ rows }) => rows);
