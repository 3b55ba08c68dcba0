export { announcesBody } from './body.js';
export { InputError, type InputIssue } from './input-error.js';
export {
  findUnsupportedCoding,
  type MediaType,
  parseMediaType,
  type UnsupportedCoding,
} from './media-type.js';
export { authorityOf, originForm } from './request-target.js';
export { decodeUtf8, withoutByteOrderMark } from './text.js';
export { endUnreadBody } from './unread-body.js';
export { findUnsafeJson, isForbiddenKey, keyIssue } from './unsafe-json.js';
