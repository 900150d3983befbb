/**
 * The rooms of the source: every folder with its purpose, ordered from top to bottom. A room may import rooms below it and
 * nothing above it. This list is the only place that says so: the lint rule (tools/lint/rooms.mjs), the test of the import
 * graph (tools/rooms.test.ts) and the table in docs/architecture.md (`node tools/rooms.mjs`) are made from it.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ROOT } from './root.mjs';

/** What the page may not import although it is below: it speaks to the trainer through src/training/protocol.ts only. */
export const BEHIND_THE_WORKER = ['src/kernels/', 'src/training/loop/', 'src/training/trainer'];

/**
 * @typedef {object} Room
 * @property {string} folder a file belongs to the longest folder that contains it
 * @property {string} purpose one line for docs/architecture.md
 * @property {('react' | 'tensorflow')[]} [packages] restricted packages that the room may import
 */

/** Packages that only some rooms may import, as the beginnings of their names. */
export const RESTRICTED = /** @type {const} */ ({
  react: ['react', 'react-dom', '@mantine/', '@tabler/', '@tanstack/react-table'],
  tensorflow: ['@tensorflow/'],
});

/** @type {readonly Room[]} */
export const ROOMS = [
  { folder: 'src', purpose: 'Entry points of the page', packages: ['react'] },
  {
    folder: 'src/app/shell',
    purpose: 'The frame of the page: header, alert bars, views, the embedded page',
    packages: ['react'],
  },
  {
    folder: 'src/app/present',
    purpose: 'Presenting on a projector, and the notes window',
    packages: ['react'],
  },
  { folder: 'src/app/lessons', purpose: 'Lessons beside the lab', packages: ['react'] },
  {
    folder: 'src/app/runs',
    purpose: 'The table of runs, their details, import and export',
    packages: ['react'],
  },
  { folder: 'src/app/study', purpose: 'The study, row by row', packages: ['react'] },
  { folder: 'src/app/class', purpose: 'Results of a class, collected and compared', packages: ['react'] },
  { folder: 'src/app/compare', purpose: 'Selected runs in the same charts', packages: ['react'] },
  { folder: 'src/app/sweeps', purpose: 'Sweeps and the queue', packages: ['react'] },
  { folder: 'src/app/instruments', purpose: 'Cards of the instruments', packages: ['react'] },
  {
    folder: 'src/app/answers',
    purpose: 'Accuracy by class, confusion, mistakes, own pictures',
    packages: ['react'],
  },
  { folder: 'src/app/fuse', purpose: 'Fusing a run and exporting both forms', packages: ['react'] },
  { folder: 'src/app/benchmark', purpose: 'Timing training steps on this machine', packages: ['react'] },
  { folder: 'src/app/settings', purpose: 'The settings panel', packages: ['react'] },
  { folder: 'src/app/charts', purpose: 'The charts of a run', packages: ['react'] },
  { folder: 'src/app/block', purpose: 'The block, drawn as a control', packages: ['react'] },
  { folder: 'src/app/time', purpose: 'Time bar, recordings, slow motion', packages: ['react'] },
  { folder: 'src/app/data', purpose: 'Data sets: getting, listing and looking at them', packages: ['react'] },
  { folder: 'src/app/share', purpose: 'Links, QR codes and results of others', packages: ['react'] },
  { folder: 'src/app/controls', purpose: 'Controls that several rooms use', packages: ['react'] },
  { folder: 'src/app/store', purpose: 'State of the page, and the actions on it', packages: ['react'] },
  { folder: 'src/app/address', purpose: 'What an address says about the page' },
  { folder: 'src/lessons', purpose: 'Lessons as data, what they measure, how answers are judged' },
  { folder: 'src/page', purpose: 'Views and parts of the page, by name' },
  {
    folder: 'src/charts',
    purpose: 'Run records to figures, and the components that draw figures',
    packages: ['react'],
  },
  { folder: 'src/runs/files', purpose: 'Import and export of runs as files' },
  { folder: 'src/runs/history', purpose: 'Runs kept in the browser' },
  { folder: 'src/runs', purpose: 'Run record, series, statistics, groups, sweeps, result links' },
  {
    folder: 'src/training/checks',
    purpose: 'Parity with PyTorch, reproducibility, benchmark',
    packages: ['tensorflow'],
  },
  { folder: 'src/training/loop', purpose: 'The worker: building and training runs, answering requests' },
  {
    folder: 'src/training/engines',
    purpose: 'A trainer for each backend, and choosing a backend',
    packages: ['tensorflow'],
  },
  { folder: 'src/training/formats', purpose: 'Weights and checkpoints as files, digests' },
  {
    folder: 'src/training',
    purpose: 'The protocol of the worker, the trainer interface, optimiser, schedule',
  },
  { folder: 'src/instruments', purpose: 'Measurements on parameters, gradients and activations; dips' },
  {
    folder: 'src/kernels',
    purpose: 'A training step as a graph, and kernels for it',
    packages: ['tensorflow'],
  },
  { folder: 'src/data/reading', purpose: 'The worker that reads and downloads data sets' },
  { folder: 'src/data/download', purpose: 'Data sets from the network' },
  { folder: 'src/data/contact-sheet', purpose: 'Images of a set to look at' },
  { folder: 'src/data/store', purpose: 'Data sets kept in the browser' },
  { folder: 'src/data/builtin', purpose: 'The built-in set of drawings' },
  { folder: 'src/data/forms', purpose: 'Readers of every form of CIFAR-100' },
  { folder: 'src/data', purpose: 'What a data set is; order, crops and batches of its images' },
  { folder: 'src/network', purpose: 'Network plans: branches, parameters, shapes, cost, fusing. No tensors' },
  { folder: 'src/experiment', purpose: 'Settings table, URL, presets, random numbers. No tensors' },
  { folder: 'src/offline', purpose: 'Isolation and service worker of the built page' },
  { folder: 'src/language', purpose: 'Texts in every language', packages: ['react'] },
];

/**
 * Place of a file's room in the list, from 0; -1 for a file outside src.
 * @param {string} file path in the repository, with slashes
 * @returns {number}
 */
export function roomOf(file) {
  let found = -1;
  let length = 0;
  ROOMS.forEach(({ folder }, i) => {
    if (folder.length <= length || !file.startsWith(`${folder}/`)) return;
    found = i;
    length = folder.length;
  });
  return found;
}

/** The document that shows the rooms. */
export const ARCHITECTURE = join(ROOT, 'docs', 'architecture.md');
const BEGIN = '<!-- rooms:begin -->';
const END = '<!-- rooms:end -->';

/**
 * A document with the table of rooms between its two marks, columns aligned as Prettier aligns them. Throws where the
 * marks are missing.
 * @param {string} markdown
 * @returns {string}
 */
export function withTable(markdown) {
  const [begin, end] = [markdown.indexOf(BEGIN), markdown.indexOf(END)];
  if (begin === -1 || end < begin)
    throw new Error(`docs/architecture.md needs ${BEGIN} and ${END} around the table.`);
  const rows = [['Folder', 'Contents'], ...ROOMS.map(({ folder, purpose }) => [`\`${folder}/\``, purpose])];
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(width(column))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${head.map((_, column) => '-'.repeat(width(column))).join(' | ')} |`;
  const table = [line(head), rule, ...body.map(line)].join('\n');
  return `${markdown.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${markdown.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(ARCHITECTURE, withTable(readFileSync(ARCHITECTURE, 'utf8')));
