/** Reads messages that come from files and stores: their sizes are limited, and older ones are English texts. */
import { z } from 'zod';
import { keptMessage, type KeptMessage, type Message, type MessageValue } from './message';
import { messageOfOldText, messageOfStored } from './old-texts';

/** Characters of a text, values of a message, sentences of a list, and how deep messages quote one another, at most. */
const MOST_CHARACTERS = 2000;
const MOST_VALUES = 12;
const MOST_SENTENCES = 20;
const MOST_DEPTH = 6;

const line = z.string().max(MOST_CHARACTERS);

const withValues = (value: z.ZodType<MessageValue, MessageValue>) =>
  z.object({
    id: line,
    values: z.record(z.string().max(40), value).refine((values) => Object.keys(values).length <= MOST_VALUES),
    text: line.optional(),
  });

let value: z.ZodType<MessageValue, MessageValue> = z.union([line, z.number()]);
for (let depth = 1; depth < MOST_DEPTH; depth++) {
  const nested: z.ZodType<Message, Message> = withValues(value);
  value = z.union([line, z.number(), nested, z.array(nested).max(MOST_SENTENCES)]);
}
const asData = withValues(value).extend({ text: line });

/** A message of a file, with its English text. */
export const keptMessageSchema: z.ZodType<KeptMessage, string | KeptMessage> = z.union([
  asData,
  line.transform((text) => keptMessage(messageOfOldText(text))),
]);

/** A message of a store, as the page has it in memory. */
export const storedMessageSchema: z.ZodType<Message, string | KeptMessage> =
  keptMessageSchema.transform(messageOfStored);
