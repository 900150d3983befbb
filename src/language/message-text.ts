/** Shows messages: the one place in which a message that travelled or was kept as data becomes a text. */
import { sentences } from './join';
import { t } from './language';
import { composed, saidBy, type Message } from './message';

/** A message in the reader's language. One that this lab does not know is shown as the English text that was kept with it. */
export const messageText = (told: Message): string => composed(told, t, (texts) => sentences(...texts));

/** What an error says, in the reader's language. */
export const errorText = (error: unknown): string => messageText(saidBy(error));
