/**
 * Every message that travels or is kept as data, by its id: what the training worker reports, what run records, the
 * history and the queue keep, what stores and the benchmark have to tell. The page shows one by `messageText`.
 *
 * The ids and the names of the values are a contract: run records and stores hold them. An English text may change at any
 * time (with its key in the Chinese catalogue); an id keeps its meaning, and a value keeps its name. A message that is no
 * longer sent stays here, because older records may hold it.
 */
import { phrase } from './phrase';

export const MESSAGES = {
  /** A text that is not the lab's: what a browser or a driver reported, what a user typed. Shown unchanged. */
  text: '{{text}}',
  /** Whole sentences, one after the other. */
  sentences: '{{sentences}}',

  // How a run ended.
  'run.finished': phrase('All {{steps}} steps are done.'),
  'run.stopped': phrase('Stopped after {{step}} steps.'),
  'run.failed': phrase(
    'Training failed: {{reason}} What is recorded is kept; try another backend or a smaller network.',
  ),
  'run.otherData': phrase(
    'The run was trained on the data set with the digest {{wanted}}…; here is “{{label}}”, {{found}}…. Choose that set under Data and resume again, or branch from the run instead.',
  ),
  'run.nothingToDo': phrase(
    'It would begin at step {{step}} and end at step {{total}}. Set a longer run in the settings and start again.',
  ),
  'run.unfinished': phrase('The run was going on when this record was written.'),

  // Where the activations of a run that diverged grew.
  'growth.notFiniteAtOnce': phrase(
    'The loss stopped being finite at step {{step}}: the activations of layer 1 are not finite, after the image. Lower the learning rate or the factor, or use a norm.',
  ),
  'growth.notFinite': phrase(
    'The loss stopped being finite at step {{step}}: the activations of layer {{layer}} are not finite, after layer {{before}}, whose RMS is {{rms}}. Lower the learning rate or the factor, or use a norm.',
  ),
  'growth.grewAtOnce': phrase(
    'The loss stopped being finite at step {{step}}. The activations grew most in layer {{layer}}: RMS {{rms}}, from 1 in the image; the last layer’s is {{last}}. Lower the learning rate or the factor, or use a norm.',
  ),
  'growth.grew': phrase(
    'The loss stopped being finite at step {{step}}. The activations grew most in layer {{layer}}: RMS {{rms}}, from {{from}} in layer {{before}}; the last layer’s is {{last}}. Lower the learning rate or the factor, or use a norm.',
  ),

  // How a run ended that the page, and not the trainer, ended.
  'run.otherRun': phrase('Another run was started.'),
  'run.reset': phrase('Reset.'),
  'run.doesNotJoin': phrase(
    "The trainer's reports do not join up ({{why}}). Start again; the same seed repeats the run.",
  ),
  'run.trainerDied': phrase(
    'The trainer stopped unexpectedly. Start again, or choose another backend in the settings.',
  ),
  'run.trainerDiedOf': phrase(
    'The trainer stopped unexpectedly: {{why}}. Start again, or choose another backend in the settings.',
  ),
  'run.unreadable': phrase(
    'A message between the page and the trainer could not be read. Reload the page and start again.',
  ),

  // Runs that were made of a file of weights.
  'weights.imported': phrase('Imported as weights: branch from it.'),
  'weights.alone': phrase('Imported as weights, without the state of an optimiser: branch from it.'),
  'weights.adapter': phrase('weights from a file'),
  'weights.notComputed': phrase('Nothing was computed here.'),
  'weights.data': phrase('not known'),

  // Why a backend was chosen, or not.
  'backend.none': phrase('No backend works in this browser. {{reasons}}'),
  'backend.notUsed': phrase('{{backend}} is not used: {{why}}'),
  'backend.askedFor': phrase('{{backend}} was asked for.'),
  'backend.fastest': phrase('The fastest backend works here.'),
  'backend.next': phrase('{{backend}} is the next in order.'),
  'backend.javascript': phrase('Plain JavaScript'),
  'backend.notStarted': phrase('it did not start.'),
  'backend.halfPrecision': phrase('it offers 16-bit numbers only.'),
  'backend.single': phrase('Half precision is WebGPU’s alone: numbers are in single precision here.'),
  'backend.noWebgpu': phrase('this browser has no WebGPU.'),
  'backend.noAdapter': phrase('the browser offers no adapter.'),
  'backend.software': phrase('the only adapter is software ({{adapter}}), slower than WebAssembly.'),
  'backend.wrongSum': phrase('a test sum came out wrong ({{found}} instead of {{expected}}).'),

  // What computes.
  'adapter.notIsolated': phrase('{{adapter}} (the page is not cross-origin isolated)'),
  'adapter.software': phrase('{{adapter}} (software)'),
  'adapter.half': phrase('{{adapter}}, half precision'),
  'adapter.unnamed': phrase('unnamed adapter'),
  'adapter.thread': phrase('1 thread'),
  'adapter.simdThread': phrase('SIMD, 1 thread'),
  'adapter.simdThreads': phrase('SIMD, {{threads}} threads'),
  'adapter.relaxedThread': phrase('relaxed SIMD, 1 thread'),
  'adapter.relaxedThreads': phrase('relaxed SIMD, {{threads}} threads'),

  // Why kernels cannot compute.
  'kernel.noThread': phrase('a helper thread did not start.'),
  'kernel.failedThread': phrase('a helper thread did not start: {{message}}.'),
  'kernel.failedThreadSilently': phrase('a helper thread did not start: unknown reason.'),
  'kernel.lost': phrase('the device was lost ({{message}}).'),
  'kernel.lostSilently': phrase('the device was lost (no reason given).'),
  'kernel.silentThread': phrase('A thread of the wasm kernels stopped answering.'),
  'kernel.noSimd': phrase('this browser has no WebAssembly SIMD.'),
  'kernel.notLoaded': phrase('the kernels could not be loaded ({{status}}).'),
  'kernel.memory': phrase(
    'This network and batch need {{size}} GB; WebAssembly has 4. Take a smaller batch or width.',
  ),
  'kernel.buffer': phrase(
    'This network and batch need a buffer of {{size}} MB; this GPU allows {{limit}} MB. Take a smaller batch or width.',
  ),
  'kernel.refused': phrase('The GPU refused to go on: {{failure}}'),

  // What the start of a run is busy with.
  'preparing.start': phrase('Starting'),
  'preparing.backend': phrase('Starting the backend'),
  'preparing.builtin': phrase('Drawing the built-in data set'),
  'preparing.stored': phrase('Loading the data set'),

  // Why a question to the network has no answer.
  'answer.noNetwork': phrase('There is no network yet; start the run first.'),
  'answer.failed': phrase('It did not work: {{reason}}'),
  'answer.gone': phrase(
    'Its network is no longer in memory: another run has begun since, or the trainer was restarted. Run it again.',
  ),
  'answer.probeFailed': phrase('The probe did not work: {{reason}}'),
  'answer.notFinite': phrase(
    'The network’s outputs are not finite numbers, so it names no class. Its training has diverged: lower the learning rate and run it again.',
  ),
  'answer.noTestImages': phrase('This run has no test images.'),
  'answer.stopped': phrase('It was stopped before all images were tested. Test again.'),
  'fuse.relu': phrase(
    'There is a ReLU between the branches and their sum: the sum is no longer linear in the input, so no single convolution equals it.',
  ),

  // What a data set is called.
  'data.cifar100': 'CIFAR-100',
  'data.cifar100Part': phrase('CIFAR-100, {{images}} of 50,000 training images'),
  'data.builtin.easy': phrase('Built-in shapes, easy, 10,000 training images (not CIFAR-100)'),
  'data.builtin.medium': phrase('Built-in shapes, medium, 10,000 training images (not CIFAR-100)'),
  'data.builtin.hard': phrase('Built-in shapes, hard, 10,000 training images (not CIFAR-100)'),

  // Why there is no data set to train on.
  'data.beingRead': phrase('CIFAR-100 is being read.'),
  'data.looking': phrase('Looking for a stored CIFAR-100.'),
  'data.none': phrase('This experiment trains on CIFAR-100, and there is none here yet.'),

  // The browser's store of data sets.
  'store.notStored': phrase(
    'This CIFAR-100 is not stored in this browser (any more). Load it again under Data.',
  ),
  'store.damaged': phrase(
    'The stored CIFAR-100 is damaged: {{what}}. Delete it under Data and load it again.',
  ),
  'store.otherLength': phrase('{{expected}} bytes were expected, {{found}} found'),
  'store.labelOutOfRange': phrase('a label is out of range'),
  'store.notSaved': phrase('The data set could not be saved: {{why}}.'),
  'store.notRead': phrase('The data set could not be read: {{why}}.'),
  'store.notDeleted': phrase('The data set could not be deleted: {{why}}.'),
  'store.noSpace': phrase(
    'The data set could not be saved: it needs {{size}}, and the browser has {{room}} left. Delete another set under Data, or free disk space.',
  ),
  'store.untilClosed': phrase('The data set stays usable until this page is closed.'),
  'store.cannotWrite': phrase(
    'This browser cannot write to its private file system here. Use a current browser. The data set stays usable until this page is closed.',
  ),
  'store.full': phrase('the browser’s storage is full'),
  'store.freeSpace': phrase('Free some disk space, or clear the data of other sites.'),
  'store.notAllowed': phrase('the browser does not allow this page to store files (a private window?)'),
  'store.reload': phrase('Reload the page and try again.'),
  'store.missing': phrase(
    'This browser offers no private file system here; it needs https:// or localhost, and a current browser.',
  ),

  // What the page's own stores have to tell.
  'notice.board': phrase(
    'The board kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  'notice.sweeps': phrase(
    'The sweeps kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  'notice.queue': phrase(
    'The queue kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  'notice.lessons': phrase(
    'The progress of the lessons kept in this browser could not be read (at {{place}}). It is set aside under “{{key}}” in the browser’s storage, and a new one is begun.',
  ),
  'notice.topLevel': phrase('its top level'),
  'notice.queueElsewhere': phrase('The queue is going on in another tab of this browser.'),
  'notice.queueWaits': phrase('The queue waits. {{why}}'),
  'notice.queueLeft': phrase('The queue is paused, because another run was started or this one reset.'),
  'notice.queueEndedEarly': phrase('The queue is paused: its run ended early.'),
  'notice.queuePaused': phrase('The queue is paused: {{why}}'),

  // What the queue calls a run that waits.
  'queue.panel': phrase('The panel’s experiment'),

  // The rows of the study, by their ids in experiment/study.ts.
  'study.a0-1': phrase('Row 1: 3x3, 2x scale up'),
  'study.a0-2': phrase('Row 2: 3x3, 6x bias lr, 2x scale up, identity'),
  'study.a0-3': phrase('Row 3: 3x3, 6x bias lr, 2x scale up, 1x1, identity'),
  'study.a0-4': phrase('Row 4: 3x3, 6x bias lr, 1x1, identity'),
  'study.a0-5': phrase('Row 5: 3x3, 1x1, identity'),
  'study.a0-6': phrase('Row 6: 3x3, identity'),
  'study.a0-7': phrase('Row 7: 3x3, 6x bias lr, identity'),
  'study.b0-id-bare': phrase('3x3 scaled, identity bare'),
  'study.b0-id-scaled': phrase('3x3 scaled, identity scaled'),
  'study.b0-all-scaled': phrase('3x3, 1x1, identity scaled'),
  'study.b0-all-id-bare': phrase('3x3, 1x1 scaled, identity bare'),
  'study.b0-repvgg': phrase('All three branches'),
  'study.b0-id-only': phrase('3x3 and identity'),
  'study.b0-1x1-only': phrase('3x3 and 1x1'),
  'study.b0-none': phrase('3x3 alone'),
  'study.b0-id-without-bn': phrase('Identity without batch norm'),
  'study.b0-post-addition': phrase('Post-addition batch norm'),
  'study.b0-reorg': phrase('Residual reorg: shortcuts over pairs'),
  'study.b0-qarepvgg': phrase('QARepVGG'),
  'study.cifar-resnet-20-rep': phrase('ResNet-20, 3x3 scaled + identity'),
  'study.cifar-resnet-20-plain': phrase('ResNet-20, as it is'),
  'study.cifar-resnet-32-rep': phrase('ResNet-32, 3x3 scaled + identity'),
  'study.cifar-resnet-32-plain': phrase('ResNet-32, as it is'),
  'study.cifar-resnet-110-rep': phrase('ResNet-110, 3x3 scaled + identity'),
  'study.cifar-resnet-110-plain': phrase('ResNet-110, as it is'),
  'study.cifar-wrn-40-4-rep': phrase('WRN-40-4, 3x3 scaled + identity'),
  'study.cifar-wrn-40-4-plain': phrase('WRN-40-4, as it is'),

  // What the Data view is busy with.
  'task.files': phrase('Reading {{files}} files'),
  'task.file': phrase('Reading {{path}}'),
  'task.keep': phrase('Storing it for the next visit'),
  'task.served': phrase('Fetching {{name}}, {{size}}'),
  'task.share': phrase('Downloading {{percent}} % of CIFAR-100 from {{host}}'),
  'task.url': phrase('Downloading from {{hosts}}'),

  // Why a picture of the user's cannot be taken.
  'picture.other': phrase('{{name}} is not a picture. Choose a PNG, JPEG, WebP or GIF file.'),
  'picture.damaged': phrase(
    '{{name}} could not be decoded: it is damaged, or of a kind that this browser does not read. PNG, JPEG, WebP and GIF work everywhere.',
  ),
  'picture.noCanvas': phrase('This browser gave no canvas to scale the picture on. Reload the page.'),

  // The benchmark's contestants.
  'bench.notLoaded': phrase('the benchmark could not be loaded; reload the page.'),
  'bench.formulas': phrase('TensorFlow.js, {{backend}}, the lab’s formulas'),
  'bench.stock': phrase('TensorFlow.js, {{backend}}, stock'),
  'bench.fastestThread': phrase('WebAssembly, 1 thread, fastest arithmetic'),
  'bench.fastestThreads': phrase('WebAssembly, {{threads}} threads, fastest arithmetic'),
  'bench.thread': phrase('WebAssembly, 1 thread'),
  'bench.threads': phrase('WebAssembly, {{threads}} threads'),
  'bench.half': phrase('{{backend}}, half precision'),
  'bench.javascript': phrase('plain JavaScript'),
} as const;

export type MessageId = keyof typeof MESSAGES;
