/** Memorable names of runs: "quiet otter". */

const ADJECTIVES =
  // not translated: a run has one name, whoever reads it.
  'amber bold brisk calm clear cosy crisp deep early eager even fair fleet fresh gentle glad golden grand green happy hazel humble keen kind light little lively lucky mellow merry misty modest nimble noble pale patient plain proud quick quiet rapid red ripe royal rustic sandy sharp shy silent silver smooth snowy soft solid sunny swift tall tidy warm wild wise young'.split(
    ' ',
  );
const NOUNS =
  // not translated: as above.
  'acorn alder badger bay beacon beaver birch bison brook canyon cedar cliff clover comet coral crane creek dune eagle elm falcon fern finch fjord fox glacier grove gull harbour hare hawk heron hill ibis island ivy jay juniper lagoon lake lark lemur linden lion lynx maple marsh meadow moon moose moss oak orchid otter owl panda pebble pine plover poplar puffin quail raven reef ridge river robin rook sage seal shore sparrow spruce star stork swan thistle tiger tulip valley violet walnut willow wren yew zebra'.split(
    ' ',
  );

/** A name for `id`: the same for the same id. Among some 4,700 names two of a hundred runs may share one. */
export function nameOf(id: string): string {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0;
  const adjective = ADJECTIVES[hash % ADJECTIVES.length]!;
  return `${adjective} ${NOUNS[Math.floor(hash / ADJECTIVES.length) % NOUNS.length]!}`;
}
