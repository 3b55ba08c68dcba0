/** The file descriptors of a module's process beside stdin, stdout and stderr. */
export const channelFd = 3;
/** Ends when the server's process dies; carries the watchdog's last word the other way. */
export const watchdogFd = 4;

/** What the watchdog says before it ends its process for taking too much memory. */
export const outOfMemoryWord = 'memory';
