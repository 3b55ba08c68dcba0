// Reads Redoc's bundle for the server and the static page, without the image that it loads from its
// vendor.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const foreignImage = /https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini\.svg/g;
const emptyImage = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

/** @param {string} folder of the package's bundles */
export function readRedoc(folder) {
  return readFileSync(path.join(folder, 'redoc.standalone.js'), 'utf8').replace(
    foreignImage,
    emptyImage,
  );
}
