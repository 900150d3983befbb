/** A lesson's text, rendered from its notation. Formulas are typeset by KaTeX, which is loaded with the first formula. */
import { Fragment, useEffect, useState } from 'react';
import { parseInline, parseMarkup, type Inline } from '../../lessons/markup';
import classes from './lessons.module.css';

type Typesetter = (formula: string, display: boolean) => string;
let loading: Promise<Typesetter> | null = null;

/** Loads KaTeX and its style sheet. After a failure the next call tries again. */
function loadTypesetter(): Promise<Typesetter> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')])
    .then(([{ default: katex }]): Typesetter => {
      const options = {
        output: 'htmlAndMathml',
        throwOnError: false,
        trust: false,
        maxExpand: 200,
        maxSize: 20,
      } as const;
      return (formula, displayMode) => katex.renderToString(formula, { ...options, displayMode });
    })
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}

/** A formula: shown as source until it is typeset, and if typesetting fails. Its MathML is for screen readers. */
function Formula({ text, display }: { text: string; display: boolean }) {
  const [html, setHtml] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    loadTypesetter().then(
      (typeset) => wanted && setHtml(typeset(text, display)),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [text, display]);
  const className = display ? classes.display : undefined;
  if (html === null)
    return (
      <span className={className}>
        <code>{text}</code>
      </span>
    );
  // KaTeX escapes its input, and `trust: false` excludes links and raw HTML.
  // oxlint-disable-next-line react/no-danger
  return (
    <span
      className={className}
      tabIndex={display ? 0 : undefined}
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

function Parts({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, i) => {
    switch (part.kind) {
      case 'text':
        return <Fragment key={i}>{part.text}</Fragment>;
      case 'code':
        return <code key={i}>{part.text}</code>;
      case 'formula':
        return <Formula key={i} text={part.text} display={false} />;
      case 'strong':
        return (
          <strong key={i}>
            <Parts parts={part.parts} />
          </strong>
        );
      case 'emphasis':
        return (
          <em key={i}>
            <Parts parts={part.parts} />
          </em>
        );
      default:
        return part satisfies never;
    }
  });
}

/** A line of a lesson: inline notation only. */
export const Line = ({ text }: { text: string }) => <Parts parts={parseInline(text)} />;

/** A text of several blocks. */
export function Markup({ text }: { text: string }) {
  return (
    <div className={classes.prose}>
      {parseMarkup(text).map((block, i) =>
        block.kind === 'formula' ? (
          <Formula key={i} text={block.text} display />
        ) : block.kind === 'list' ? (
          <ul key={i}>
            {block.items.map((item, k) => (
              <li key={k}>
                <Parts parts={item} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={i}>
            <Parts parts={block.parts} />
          </p>
        ),
      )}
    </div>
  );
}
