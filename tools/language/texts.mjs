/**
 * Finds the texts of the page in its source: those that go through the catalogues (`t('…')`, `phrase('…')`, `<Rich
 * text="…">`), and those that users would read and that do not. Used by the test of the catalogues and by `npm run
 * language`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * @typedef {object} Found
 * @property {string} text
 * @property {string} file relative to the repository's root
 * @property {number} line
 */

/**
 * @typedef {object} Texts
 * @property {Found[]} used texts of the catalogues
 * @property {Found[]} loose texts that readers of every language would see in English
 * @property {Found[]} early texts that are translated while a module loads, before a language is chosen
 */

/** Properties and attributes whose values users read or hear. */
const READ =
  /^(label|title|aria-label|aria-description|aria-roledescription|placeholder|description|alt|tip|message|text|help|short|name|unit|heading|caption|summary|hint|legend|reason|note)$/;
/** Properties and attributes whose strings are for the program. */
const FOR_MACHINES =
  /^(className|style|d|viewBox|transform|fontFamily\w*|font|ask|gridTemplateColumns|sizes|accept|allow|sandbox|key|id|type|format|lightText|points|media|rel|href|src|url|path|column)$/;
const TWO_WORDS = /\p{L}{2,}[,.:;]? \p{L}{2,}/u;
const A_WORD = /\p{L}{2,}/u;
/** Words that are the same in every language: identifiers, file names and addresses. */
const NAMES = /^(?:[a-z]+[A-Z]\w*|[\w.-]+\.(?:json|csv|png|svg|zip|md|safetensors)|#\w+|https?:\S+)$/;

/** Names of parameters, such as `blocks.3.conv`; a "…" replaces an inserted value. */
const DOTTED = /^[\w…]+(?:\.[\w…]+)+$/;

/** Proper names, which no language translates. */
const PROPER = /^(?:Branch Lab|CIFAR-100|PyTorch|ReLU|RepVGG|ResNet|TensorFlow\.js|WebAssembly|WebGPU)$/;

/** Shader source. */
const PROGRAM = /\b(?:fn|let|var|for|return|if)\b[^.]*[;{]/;

/** @param {any} node @returns {string | null} */
function literal(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  if (node?.type === 'BinaryExpression' && node.operator === '+') {
    const left = literal(node.left);
    const right = literal(node.right);
    return left === null || right === null ? null : left + right;
  }
  if (node?.type === 'JSXExpressionContainer') return literal(node.expression);
  return null;
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'MethodDefinition',
]);

/**
 * @param {string} file
 * @param {string} source
 * @returns {Texts}
 */
export function textsOf(file, source) {
  /** @type {Texts} */
  const texts = { used: [], loose: [], early: [] };
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  // Modules without this import may have other functions called t and phrase.
  const translates = /from '(?:[./]*\/language|\.)\/(?:language|phrase)'/.test(source);
  const lineOf = (/** @type {number} */ at) => source.slice(0, at).split('\n').length;
  /**
   * Lines with a comment that says why their text is in no catalogue, `// not translated: …`, and the lines after
   * them.
   */
  const excused = new Set(
    source.split('\n').flatMap((line, i) => (/not translated:/.test(line) ? [i + 1, i + 2] : [])),
  );
  const found = (/** @type {any} */ node, /** @type {string} */ text) => ({
    text,
    file,
    line: lineOf(node.start),
  });
  const loose = (/** @type {any} */ node, /** @type {string} */ text) => {
    const one = found(node, text.replaceAll(/\s+/g, ' ').trim());
    // Other texts of kernels are names of buffers and pipelines.
    if (PROPER.test(one.text)) return;
    const read = !/(^|\/)kernels\//.test(file) || /\p{L}.*[.!?]$/u.test(one.text);
    if (read && !excused.has(one.line)) texts.loose.push(one);
  };

  /** @param {any} node @param {{ inside: boolean, machine: boolean, read: boolean }} context */
  const walk = (node, context) => {
    if (!node || typeof node !== 'object') return;
    if (Array.isArray(node)) {
      for (const one of node) walk(one, context);
      return;
    }
    if (typeof node.type !== 'string') return;
    const inside = context.inside || FUNCTIONS.has(node.type);
    const next = { ...context, inside };
    const call =
      translates && node.type === 'CallExpression' && node.callee.type === 'Identifier'
        ? node.callee.name
        : null;
    if (call === 't' || call === 'phrase') {
      const text = literal(node.arguments[0]);
      if (text !== null) {
        texts.used.push(found(node, text));
        if (call === 't' && !context.inside) texts.early.push(found(node, text));
      } else if (call === 'phrase')
        throw new Error(`${file}:${lineOf(node.start)}: phrase() takes one literal.`);
      else walk(node.arguments[0], { ...next, read: false, machine: false });
      // Values inserted into a text are texts too, unless they are single words.
      walk(node.arguments.slice(1), { ...next, read: false, machine: false });
      return;
    }
    if (node.type === 'JSXElement' && node.openingElement.name.name === 'Rich') {
      for (const attribute of node.openingElement.attributes)
        if (attribute.name?.name === 'text') {
          const text = literal(attribute.value);
          if (text === null) throw new Error(`${file}:${lineOf(node.start)}: <Rich> takes a literal text.`);
          texts.used.push(found(node, text));
        } else walk(attribute, next);
      return;
    }
    switch (node.type) {
      // Types and module names.
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAnnotation':
      case 'TSTypeParameterInstantiation':
      case 'TSEnumDeclaration':
        return;
      case 'ThrowStatement':
        // A plain Error is a defect of the program and stays in English.
        if (
          node.argument?.type === 'NewExpression' &&
          /^(Error|RangeError|TypeError)$/.test(node.argument.callee.name)
        ) {
          // Texts inside its arguments may still be shown to users, and are then translated.
          walk(node.argument.arguments, { ...next, read: false, machine: true });
          return;
        }
        break;
      case 'CallExpression': {
        const callee = node.callee;
        if (callee.object?.name === 'console' || callee.name === 'matchMedia') return;
        break;
      }
      case 'JSXText':
        if (A_WORD.test(node.value)) loose(node, node.value);
        return;
      case 'JSXAttribute': {
        const name = node.name.name?.name ?? node.name.name;
        if (name === 'style') return;
        walk(node.value, { ...next, read: READ.test(name), machine: FOR_MACHINES.test(name) });
        return;
      }
      case 'Property': {
        const name = String(node.key.name ?? node.key.value ?? '');
        if (node.computed) walk(node.key, next);
        walk(node.value, { ...next, read: READ.test(name), machine: FOR_MACHINES.test(name) });
        return;
      }
      case 'JSXElement':
        walk(node.openingElement.attributes, { ...next, read: false, machine: false });
        walk(node.children, { ...next, read: true, machine: false });
        return;
      case 'BinaryExpression':
        // Strings in a comparison are values of the program.
        if (/^[!=]==?$|^in$/.test(node.operator)) return;
        break;
      case 'MemberExpression':
        walk(node.object, next);
        return;
      case 'SwitchCase':
        walk(node.consequent, next);
        return;
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        walk(node.expression, next);
        return;
      case 'Literal':
        if (typeof node.value === 'string' && !context.machine && !NAMES.test(node.value))
          if (
            TWO_WORDS.test(node.value) ||
            (context.read && /^\p{Lu}?\p{L}+[a-z]/u.test(node.value) && /\p{Lu}/u.test(node.value[0] ?? ''))
          )
            loose(node, node.value);
        return;
      case 'TemplateLiteral': {
        const whole = node.quasis.map((/** @type {any} */ quasi) => quasi.value.cooked).join('…');
        if (
          !context.machine &&
          !NAMES.test(whole.replaceAll('…', 'x')) &&
          !PROGRAM.test(whole) &&
          !DOTTED.test(whole) &&
          (TWO_WORDS.test(whole) || (context.read && /\p{L}{3,}/u.test(whole)))
        )
          loose(node, whole);
        walk(node.expressions, next);
        return;
      }
      default:
    }
    for (const key of Object.keys(node))
      if (key !== 'type' && key !== 'start' && key !== 'end') walk(node[key], next);
  };
  walk(program.body, { inside: false, machine: false, read: false });
  return texts;
}

/**
 * Files and folders without texts for the catalogues: compiled arithmetic, tests and their fixtures, and lessons,
 * which contain their own translations.
 */
const SKIPPED =
  /(^|\/)(kernels\/wasm\/(assembly|build)|lessons\/lessons)(\/|$)|\.(test|bench)\.tsx?$|\.d\.ts$|(^|\/)(arbitrary|example-run|example-state|faulty-server|[\w-]+-fixtures)\.ts$/;

/** All source files below a folder, relative to `root`. */
export function sourcesBelow(/** @type {string} */ root, folder = 'src') {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !SKIPPED.test(file))
    .toSorted();
}

/** The texts of all files below a folder. @returns {Texts} */
export function textsBelow(/** @type {string} */ root, folder = 'src') {
  const all = sourcesBelow(root, folder).map((file) => textsOf(file, readFileSync(join(root, file), 'utf8')));
  return {
    used: all.flatMap(({ used }) => used),
    loose: all.flatMap(({ loose }) => loose),
    early: all.flatMap(({ early }) => early),
  };
}
