/** The longest that a timer of Node waits. Milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * Calls once when that time has come, however far away it is; gives what calls it off. Keeps no process alive. In
 * milliseconds since the epoch.
 */
export function setAlarm(time: number, ring: () => void): () => void {
  const wait = (): NodeJS.Timeout =>
    setTimeout(
      () => {
        if (Date.now() < time) timer = wait();
        else ring();
      },
      Math.max(0, Math.min(time - Date.now(), longestTimer)),
    ).unref();
  let timer = wait();
  return () => clearTimeout(timer);
}
