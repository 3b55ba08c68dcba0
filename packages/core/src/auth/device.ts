/** The first match wins, because most browsers also claim to be others. */
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
 * Returns a name that people recognise, such as "Firefox on Linux". Programs that are not browsers
 * keep their own name.
 */
export function deviceOf(userAgent: string | null): string {
  if (!userAgent?.trim()) return 'Unknown device';
  const found = (table: typeof programs) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [program, system] = [found(programs), found(systems)];
  if (program) return system ? `${program} on ${system}` : program;
  // Shortens "curl/8.5.0" to "curl". Allows only plain letters, because the name goes into mails.
  return (
    /^[A-Za-z][A-Za-z0-9 ._-]{0,39}(?=\/|$)/.exec(userAgent.trim())?.[0] ??
    system ??
    'Unknown device'
  );
}
