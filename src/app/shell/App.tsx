/** The page: header, settings, charts. */
import { Stack, Drawer, SegmentedControl, Text, VisuallyHidden } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconFileUpload } from '@tabler/icons-react';
import { Fragment, lazy, Suspense, useEffect, useRef, useSyncExternalStore, type ComponentType } from 'react';
import { AlertBars } from './AlertBars';
import { isHidden } from '../../page/link-names';
import { Embedded } from './Embedded';
import { AnswersPanel } from '../answers/AnswersPanel';
import { choosePicture } from '../answers/answers-store';
import { ChartsPanel } from '../charts/ChartsPanel';
import { FusePanel } from '../fuse/FusePanel';
import { followLanguage, language, setLanguage, t } from '../../language/language';
import { LANGUAGES } from '../../language/languages';
import { messageText } from '../../language/message-text';
import { partProps, selectorOf } from '../../page/parts';
import { END_LABELS } from '../../runs/end-labels';
import { Header } from './Header';
import { Instruments } from '../instruments/Instruments';
import { dataFiles } from '../../data/data-file';
import { looksLikeLesson } from '../../lessons/lesson-format';
import { findData, readFiles } from '../data/load-data';
import { present } from '../present/start-stop';
import { startOrPause, step } from '../store/run-actions';
import { bringFiles, sortFiles } from '../runs/import-files';
import { SettingsPanel } from '../settings/SettingsPanel';
import { followAddress } from '../store/address-bar';
import { useExperiment } from '../store/experiment';
import { useInterface } from '../store/interface-state';
import { followAnywhere } from '../store/host-status';
import { followPageVisibility } from '../store/hidden-page';
import { followBoard } from '../store/board';
import { followHistory } from '../store/history';
import { followQueue } from '../store/run-queue';
import { followNames } from '../store/run-names';
import { followRecording } from '../store/recording';
import { keepWhenHidden, useRun } from '../store/run';
import { followSelection } from '../store/selected-runs';
import { drawFasterAtRest, prepareChartsWhenUsed, prepareWhenIdle } from './preload';
import { followRun } from '../store/playhead';
import { useHidden, usePage } from '../store/page-options';
import { showView, useView, VIEWS, type ViewId } from '../store/current-view';
import { TimeBar } from '../time/TimeBar';
import { useShownRun } from '../time/useShownRun';
import classes from '../controls/layout.module.css';

// Texts and formulas of lessons are loaded only when a lesson is opened.
const LessonPanel = lazy(async () => ({ default: (await import('../lessons/LessonPanel')).LessonPanel }));
const Present = lazy(async () => ({ default: (await import('../present/Present')).Present }));
const NotesWindow = lazy(async () => ({ default: (await import('../present/NotesWindow')).NotesWindow }));

/** Announces the state of the run to screen readers. Steps are not announced. */
function RunAnnouncer() {
  const status = useRun((state) => state.status);
  const end = useRun((state) => state.run?.end ?? null);
  const said = {
    idle: '',
    preparing: t('Preparing the run'),
    running: t('Training', { context: 'status' }),
    paused: t('Paused'),
    ended: end
      ? t('Run {{how}}. {{reason}}', { how: t(END_LABELS[end.how]), reason: messageText(end.reason) })
      : t('Run ended'),
  }[status];
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}

/** Whether a control handles the key itself. */
const onButton = (event: KeyboardEvent) =>
  event.target instanceof Element &&
  event.target.closest('button, a, [role="button"], [role="radio"], [role="switch"], [role="combobox"]') !==
    null;

function useShortcuts() {
  // A presentation has its own keys.
  const presents = usePage((state) => state.present !== null);
  useHotkeys(
    presents
      ? []
      : [
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
          ['P', () => present()],
        ],
  );
}

function Charts() {
  const run = useShownRun();
  const revision = useRun((state) => state.revision);
  const expectNorm = useExperiment((state) => (run?.experiment ?? state.experiment).norm === 'post');
  return <ChartsPanel run={run} revision={revision} expectNorm={expectNorm} />;
}

/** The view Lab. The link says which part is scrolled into sight, and which parts are hidden. */
function LabView() {
  const hidden = usePage((state) => state.hide);
  const at = usePage((state) => state.at);
  const parts = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (at) parts.current?.querySelector(selectorOf(at))?.scrollIntoView({ block: 'start' });
  }, [at]);
  return (
    <div ref={parts}>
      <Charts />
      <Stack gap="md">
        {!isHidden(hidden, 'instruments') && <Instruments />}
        {!isHidden(hidden, 'fuse') && <FusePanel />}
        {!isHidden(hidden, 'answers') && <AnswersPanel />}
      </Stack>
      {!isHidden(hidden, 'time') && <TimeBar />}
    </div>
  );
}

/** The component of each view. All but the lab are loaded when they are first opened. */
const VIEW_OF: Record<ViewId, ComponentType> = {
  lab: LabView,
  runs: lazy(async () => ({ default: (await import('../runs/RunsView')).RunsView })),
  sweeps: lazy(async () => ({ default: (await import('../sweeps/SweepsView')).SweepsView })),
  data: lazy(async () => ({ default: (await import('../data/DataView')).DataView })),
  study: lazy(async () => ({ default: (await import('../study/StudyView')).StudyView })),
  lessons: lazy(async () => ({ default: (await import('../lessons/LessonsView')).LessonsView })),
  class: lazy(async () => ({ default: (await import('../class/ClassView')).ClassView })),
  benchmark: lazy(async () => ({ default: (await import('../benchmark/BenchmarkView')).BenchmarkView })),
};

/** The views of the page, and the switch between them. */
function Views() {
  const view = useView((state) => state.view);
  const hidesSwitch = useHidden('views');
  const View = VIEW_OF[view];
  return (
    <>
      <div className={classes.viewsRow} hidden={hidesSwitch} {...partProps('views')}>
        <SegmentedControl
          aria-label={t('View')}
          size="sm"
          className={classes.views}
          data={VIEWS.map(({ id, label }) => ({ value: id, label: t(label, { context: 'view' }) }))}
          value={view}
          transitionDuration={0}
          onChange={(id) => showView(id as ViewId)}
        />
      </div>
      <Suspense fallback={<Text size="sm">{t('Loading …')}</Text>}>
        <View />
      </Suspense>
    </>
  );
}

/** Says what can be dropped, while files are dragged over the page. */
function DropText() {
  const isClass = useView((state) => state.view === 'class');
  return isClass ? (
    <>
      <Text size="lg">{t('Drop the class’s results anywhere')}</Text>
      <Text size="sm" c="dimmed" ta="center" px="md">
        {t(
          'Run records, zips of them, photographs of QR codes, texts with result links. Read and kept in this browser only',
        )}
      </Text>
    </>
  ) : (
    <>
      <Text size="lg">{t('Drop runs, CIFAR-100 or a lesson anywhere')}</Text>
      <Text size="sm" c="dimmed" ta="center" px="md">
        {t(
          'Runs: records, weights, checkpoints, zips of them. CIFAR-100: an archive, the two parquet files, train.bin and test.bin, or a folder of images. Read here, kept in this browser. One picture is shown to the network',
        )}
      </Text>
    </>
  );
}

/** Whether a file is a lesson, by its first bytes. */
const isLesson = async (file: File) =>
  file.name.endsWith('.json') && looksLikeLesson(await file.slice(0, 4096).text());

/** Sorts dropped files: a lesson is opened; in the view Class, other files are results; elsewhere, runs go into the history, a single picture is classified, and other files are a data set. */
async function takeDropped(files: File[]): Promise<void> {
  const [only] = files;
  if (only && files.length === 1 && (await isLesson(only)))
    return (await import('../lessons/open-lesson')).openFile(only);
  if (useView.getState().view === 'class') {
    const { bringClassFiles } = await import('../class/ClassImport');
    return bringClassFiles(dataFiles(files));
  }
  const { runs, others } = await sortFiles(dataFiles(files));
  if (runs.length > 0) await bringFiles(runs);
  const [first] = others;
  if (!first) return;
  const picture = others.length === 1 && first.blob.type.startsWith('image/');
  if (!picture) return readFiles(others);
  showView('lab');
  await choosePicture(first.blob as File);
}

/** Starts what runs as long as the page is open, whole or embedded. */
function usePageLifetime() {
  useEffect(() => followAddress(), []);
  useEffect(() => followBoard(), []);
  useEffect(() => followQueue(), []);
  useEffect(() => followHistory(), []);
  useEffect(() => followNames(), []);
  useEffect(() => followRun(), []);
  useEffect(() => followRecording(), []);
  useEffect(() => followSelection(), []);
  useEffect(() => keepWhenHidden(), []);
  useEffect(() => void findData(), []);
  useEffect(() => prepareWhenIdle(), []);
  useEffect(() => followAnywhere(), []);
  useEffect(() => followPageVisibility(), []);
  useEffect(() => prepareChartsWhenUsed(), []);
  useEffect(() => drawFasterAtRest(), []);
  useShortcuts();
}

/** The language of the page. A link that is opened in this page may change it. */
function useLanguage() {
  const linked = usePage((state) => state.lang);
  useEffect(() => {
    // If the catalogue cannot be loaded, the language does not change.
    if (linked && linked !== language()) void setLanguage(linked).catch(() => undefined);
  }, [linked]);
  const read = useSyncExternalStore(followLanguage, language);
  useEffect(() => {
    document.documentElement.lang = LANGUAGES[read].tag;
  }, [read]);
  return read;
}

/** A change of language mounts all components again. What the page does, a run above all, continues. */
function Lab() {
  usePageLifetime();
  const read = useLanguage();
  const embedded = usePage((state) => state.embed);
  const presented = usePage((state) => state.present);
  if (embedded) return <Embedded key={read} part={embedded} />;
  return (
    <Fragment key={read}>
      {presented ? (
        <Suspense fallback={<Text size="sm">{t('Loading …')}</Text>}>
          <Present shown={presented} />
        </Suspense>
      ) : (
        <WholePage />
      )}
      <RunAnnouncer />
    </Fragment>
  );
}

/** The second window of a presentation does not contain the lab, which would treat the runs of the first window as interrupted. */
export function App() {
  const notes = usePage((state) => state.notes);
  return notes ? (
    <Suspense>
      <NotesWindow session={notes} />
    </Suspense>
  ) : (
    <Lab />
  );
}

function WholePage() {
  const lesson = usePage((state) => state.lesson !== null);
  // If there is no space for both, a lesson replaces the settings, which then are in a drawer.
  const wide = useMediaQuery(`(min-width: ${lesson ? 84 : 62}em)`, true, { getInitialValueInEffect: false });
  const panelOpen = useInterface((state) => state.panelOpen);
  const hidesPanel = useHidden('panel');
  const close = () => useInterface.setState({ panelOpen: false });
  return (
    <>
      <a className={classes.skip} href="#main">
        {t('Skip to the charts')}
      </a>
      <div className={classes.shell} data-bare={hidesPanel || undefined} data-lesson={lesson || undefined}>
        <Header />
        {hidesPanel ? null : wide ? (
          <aside className={classes.panel} aria-label={t('Settings')} {...partProps('panel')}>
            <SettingsPanel />
          </aside>
        ) : (
          <Drawer.Root opened={panelOpen} onClose={close} size={360}>
            <Drawer.Overlay />
            <Drawer.Content>
              <div className={classes.drawerHead}>
                <Drawer.Title fw={650}>{t('Settings')}</Drawer.Title>
                <Drawer.CloseButton aria-label={t('Close the settings')} />
              </div>
              <Drawer.Body p={0}>
                <SettingsPanel />
              </Drawer.Body>
            </Drawer.Content>
          </Drawer.Root>
        )}
        <main className={classes.main} id="main" tabIndex={-1}>
          <AlertBars />
          <Views />
          <Dropzone.FullScreen
            onDrop={(files) => void takeDropped(files)}
            withinPortal={false}
            activateOnKeyboard={false}
            aria-label={t('Drop zone')}
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
              <DropText />
            </div>
          </Dropzone.FullScreen>
        </main>
        {lesson && (
          <Suspense>
            <LessonPanel />
          </Suspense>
        )}
      </div>
    </>
  );
}
