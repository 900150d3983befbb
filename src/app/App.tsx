/** The page: header, settings, charts. */
import { Stack, Drawer, SegmentedControl, Text, VisuallyHidden } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconFileUpload } from '@tabler/icons-react';
import { lazy, Suspense, useEffect } from 'react';
import { Bars } from './Bars';
import { AnswersPanel } from './answers/AnswersPanel';
import { choosePicture } from './answers/store';
import { loadPlotly } from '../charts/plotly';
import { BenchmarkView } from './benchmark/BenchmarkView';
import { ChartsPanel } from './charts/ChartsPanel';
import { DataView } from './data/DataView';
import { FusePanel } from './fuse/FusePanel';
import { Header } from './Header';
import { Instruments } from './instruments/Instruments';
import { dataFiles } from '../data/data-file';
import { looksLikeLesson } from '../lessons/mark';
import { findData, readFiles } from './loadData';
import { startOrPause, step } from './runActions';
import { bringFiles, sortFiles } from './runs/bringFiles';
import { RunsView } from './runs/RunsView';
import { SettingsPanel } from './settings/SettingsPanel';
import { followAddressBar, useExperiment } from './store/experiment';
import { useInterface } from './store/interface';
import { followBoard } from './store/board';
import { followHistory } from './store/history';
import { followQueue } from './store/queue';
import { followLessonPlace, useLessonPlace } from './store/lesson-place';
import { followNames } from './store/names';
import { keepWhenHidden, useRun } from './store/run';
import { followSelection } from './store/selection';
import { prepareWhenIdle } from './prepare';
import { followHash, showView, useView, VIEWS, type ViewId } from './store/view';
import { StudyView } from './study/StudyView';
import { SweepsView } from './sweeps/SweepsView';
import classes from './layout.module.css';

// Their texts and formulas are loaded only where somebody takes a lesson.
const LessonPanel = lazy(() => import('./lessons/LessonPanel'));
const LessonsView = lazy(() => import('./lessons/LessonsView'));

/** Says aloud how the run stands; steps are not announced. */
function RunAnnouncer() {
  const status = useRun((state) => state.status);
  const end = useRun((state) => state.run?.end ?? null);
  const said = {
    idle: '',
    preparing: 'Preparing the run',
    running: 'Training',
    paused: 'Paused',
    ended: end ? `Run ${end.how}. ${end.reason}` : 'Run ended',
  }[status];
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}

/** Keys act on the page, not on a control that has a use for them itself. */
const onButton = (event: KeyboardEvent) =>
  event.target instanceof Element &&
  event.target.closest('button, a, [role="button"], [role="radio"], [role="switch"], [role="combobox"]') !==
    null;

function useShortcuts() {
  useHotkeys([
    ['S', startOrPause],
    [
      'space',
      (event) => {
        if (onButton(event)) return;
        event.preventDefault();
        startOrPause();
      },
      { preventDefault: false },
    ],
    ['.', step],
    ['R', () => useRun.getState().reset()],
  ]);
}

function Charts() {
  const run = useRun((state) => state.run);
  const revision = useRun((state) => state.revision);
  const expectNorm = useExperiment((state) => (run?.experiment ?? state.experiment).norm === 'post');
  return <ChartsPanel run={run} revision={revision} expectNorm={expectNorm} />;
}

/** The views of the page, and the switch between them. */
function Views() {
  const view = useView((state) => state.view);
  return (
    <>
      <div className={classes.viewsRow}>
        <SegmentedControl
          aria-label="View"
          size="sm"
          className={classes.views}
          data={VIEWS.map(({ id, label }) => ({ value: id, label }))}
          value={view}
          transitionDuration={0}
          onChange={(id) => showView(id as ViewId)}
        />
      </div>
      {view === 'lab' ? (
        <>
          <Charts />
          <Stack gap="md">
            <Instruments />
            <FusePanel />
            <AnswersPanel />
          </Stack>
        </>
      ) : view === 'runs' ? (
        <RunsView />
      ) : view === 'sweeps' ? (
        <SweepsView />
      ) : view === 'data' ? (
        <DataView />
      ) : view === 'study' ? (
        <StudyView />
      ) : view === 'lessons' ? (
        <Suspense>
          <LessonsView />
        </Suspense>
      ) : (
        <BenchmarkView />
      )}
    </>
  );
}

/** Whether a file is a lesson; told by how it begins. */
const isLesson = async (file: File) =>
  file.name.endsWith('.json') && looksLikeLesson(await file.slice(0, 4096).text());

/** A lesson is opened; runs go into the history; one picture is for the network to look at; anything else is a data set. */
async function takeDropped(files: File[]): Promise<void> {
  const [only] = files;
  if (only && files.length === 1 && (await isLesson(only)))
    return (await import('./lessons/open')).openFile(only);
  const { runs, others } = await sortFiles(dataFiles(files));
  if (runs.length > 0) await bringFiles(runs);
  const [first] = others;
  if (!first) return;
  const picture = others.length === 1 && first.blob.type.startsWith('image/');
  if (!picture) return readFiles(others);
  showView('lab');
  await choosePicture(first.blob as File);
}

export function App() {
  const lesson = useLessonPlace((state) => state.place !== null);
  // A lesson takes the room of the settings, which are a drawer then, where there is none for both.
  const wide = useMediaQuery(`(min-width: ${lesson ? 84 : 62}em)`, true, { getInitialValueInEffect: false });
  const panelOpen = useInterface((state) => state.panelOpen);
  useEffect(() => followAddressBar(), []);
  useEffect(() => followBoard(), []);
  useEffect(() => followQueue(), []);
  useEffect(() => followHash(), []);
  useEffect(() => followHistory(), []);
  useEffect(() => followLessonPlace(), []);
  useEffect(() => followNames(), []);
  useEffect(() => followSelection(), []);
  useEffect(() => keepWhenHidden(), []);
  useEffect(() => void findData(), []);
  useEffect(() => prepareWhenIdle(), []);
  // Before the first run rather than with it: reading plotly's one large file keeps the page busy for a moment.
  useEffect(() => void loadPlotly().catch(() => undefined), []);
  useShortcuts();
  const close = () => useInterface.setState({ panelOpen: false });
  return (
    <>
      <a className={classes.skip} href="#main">
        Skip to the charts
      </a>
      <div className={classes.shell} data-lesson={lesson || undefined}>
        <Header />
        {wide ? (
          <aside className={classes.panel} aria-label="Settings">
            <SettingsPanel />
          </aside>
        ) : (
          <Drawer.Root opened={panelOpen} onClose={close} size={360}>
            <Drawer.Overlay />
            <Drawer.Content>
              <div className={classes.drawerHead}>
                <Drawer.Title fw={650}>Settings</Drawer.Title>
                <Drawer.CloseButton aria-label="Close the settings" />
              </div>
              <Drawer.Body p={0}>
                <SettingsPanel />
              </Drawer.Body>
            </Drawer.Content>
          </Drawer.Root>
        )}
        <main className={classes.main} id="main" tabIndex={-1}>
          <Bars />
          <Views />
          <Dropzone.FullScreen
            onDrop={(files) => void takeDropped(files)}
            withinPortal={false}
            activateOnKeyboard={false}
            aria-label="Drop zone"
          >
            <div
              style={{
                height: '80dvh',
                display: 'grid',
                placeContent: 'center',
                justifyItems: 'center',
                gap: 12,
                pointerEvents: 'none',
              }}
            >
              <IconFileUpload size={48} stroke={1.4} aria-hidden />
              <Text size="lg">Drop runs, CIFAR-100 or a lesson anywhere</Text>
              <Text size="sm" c="dimmed" ta="center" px="md">
                Runs: records, weights, checkpoints, zips of them. CIFAR-100: an archive, the two parquet
                files, train.bin and test.bin, or a folder of images. Read here, kept in this browser. One
                picture is shown to the network
              </Text>
            </div>
          </Dropzone.FullScreen>
        </main>
        {lesson && (
          <Suspense>
            <LessonPanel />
          </Suspense>
        )}
      </div>
      <RunAnnouncer />
    </>
  );
}
