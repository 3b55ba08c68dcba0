/** The first that matches counts: most browsers claim to be others too. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * A name a person recognises a device by, such as "Firefox on Linux"; a program's own name where it
 * is no browser.
 */
export function deviceOf(userAgent: string | null): string {
  if (!userAgent?.trim()) return 'Unknown device';
  const found = (table: typeof programs) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [program, system] = [found(programs), found(systems)];
  if (program) return system ? `${program} on ${system}` : program;
  // "curl/8.5.0" is curl. Only plain letters are repeated: this goes into mails.
  return (
    /^[A-Za-z][A-Za-z0-9 ._-]{0,39}(?=\/|$)/.exec(userAgent.trim())?.[0] ??
    system ??
    'Unknown device'
  );
}
