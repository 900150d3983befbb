/** Types of ./texts.mjs. */
export interface Found {
  text: string;
  /** Relative to the repository's root. */
  file: string;
  line: number;
}

export interface Texts {
  /** Texts of the catalogues. */
  used: Found[];
  /** Texts that people would read in English whatever their language. */
  loose: Found[];
  /** Texts that are translated while a module is read. */
  early: Found[];
}

/** Throws where the source is no TypeScript, or a text is no literal. */
export function textsOf(file: string, source: string): Texts;
export function sourcesBelow(root: string, folder?: string): string[];
export function textsBelow(root: string, folder?: string): Texts;
