/** Lets the worker receive messages while it computes. */

/** Resolves in a new task, after messages that have arrived. Posts a message to itself, because browsers delay timers by up to 4 ms. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
