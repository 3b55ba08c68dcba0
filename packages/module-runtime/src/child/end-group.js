// @ts-check
/**
 * Kills this process and every program that the module started. JavaScript, because the watchdog's
 * thread imports it too.
 */
export function endGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // Windows has no process groups, or this process leads none: kill only itself.
    process.kill(process.pid, 'SIGKILL');
  }
}
