/** Reads QR codes with the camera until it is stopped. Frames are analysed and discarded. */
import { Button, Group, Text } from '@mantine/core';
import { IconCamera, IconPlayerStopFilled } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import classes from './ClassView.module.css';
import { codesIn } from './read-codes';

/** Time between two analysed frames, in ms: nobody shows the next phone faster. */
const PACE = 150;

const whyNot = (error: unknown): string => {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return t(
      'The browser does not let this page use the camera. Allow it beside the address, or take photographs and drop them here.',
    );
  if (name === 'NotFoundError')
    return t('No camera was found. Take photographs elsewhere and drop them here.');
  if (name === 'NotReadableError')
    return t('The camera is in use by another program. Close that, and try again.');
  return t('The camera could not be used ({{why}}). Take photographs and drop them here.', {
    why: messageOf(error),
  });
};

/** `onCode` is called once per text while its code stays visible. */
export function CameraReader({ onCode }: { onCode: (text: string) => void }) {
  const [on, setOn] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const start = () => {
    setProblem(null);
    if (!navigator.mediaDevices?.getUserMedia)
      return setProblem(
        t(
          'This page may not use a camera: browsers allow that on https:// and on localhost only. Take photographs and drop them here.',
        ),
      );
    setOn(true);
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={
          on ? <IconPlayerStopFilled size={16} aria-hidden /> : <IconCamera size={16} aria-hidden />
        }
        onClick={() => (on ? setOn(false) : start())}
      >
        {on ? t('Stop the camera') : t('Use the camera')}
      </Button>
      {problem !== null && (
        <Text size="sm" role="alert" className={classes.wide}>
          {problem}
        </Text>
      )}
      {on && (
        <Watching
          onCode={onCode}
          onFail={(error) => {
            setOn(false);
            setProblem(whyNot(error));
          }}
        />
      )}
    </>
  );
}

interface WatchingProps {
  onCode: (text: string) => void;
  onFail: (error: unknown) => void;
}

function Watching(props: WatchingProps) {
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    let last = '';
    const look = async () => {
      const shown = video.current;
      if (over || !shown) return;
      const codes = await codesIn(shown, 'frame');
      if (over) return;
      const [code] = codes;
      if (code !== undefined && code !== last) {
        last = code;
        latest.current.onCode(code);
      }
      timer = setTimeout(() => void look().catch(fail), PACE);
    };
    const fail = (error: unknown) => {
      if (!over) latest.current.onFail(error);
    };
    const begin = async () => {
      const got = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
      const shown = video.current;
      if (over || !shown) return got.getTracks().forEach((track) => track.stop());
      stream = got;
      shown.srcObject = got;
      await shown.play();
      await look();
    };
    void begin().catch(fail);
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <div className={classes.wide}>
      <video
        ref={video}
        className={classes.camera}
        muted
        playsInline
        aria-label={t('What the camera sees')}
      />
      <Group>
        <Text size="xs" c="dimmed">
          {t(
            'Hold one code after another into the picture, straight and close. Pictures are neither kept nor sent.',
          )}
        </Text>
      </Group>
    </div>
  );
}
