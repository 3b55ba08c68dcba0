/** File descriptors of a module's process besides stdin, stdout and stderr. */
export const channelFd = 3;
/** Closes when the server's process dies. The watchdog writes its last word to it. */
export const watchdogFd = 4;

/** Word that the watchdog sends before it kills its process for excessive memory. */
export const outOfMemoryWord = 'memory';
