// @ts-check
/**
 * Ends this process and every program that the module started. JavaScript, because the watchdog's
 * thread imports it too.
 */
export function endGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // No process groups here (Windows), or not the leader of one: then this process alone.
    process.kill(process.pid, 'SIGKILL');
  }
}
