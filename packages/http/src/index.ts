export { bearerToken } from './bearer-token.js';
export {
  announcesBody,
  announcesMoreThan,
  bodyCutShort,
  bodyNotUtf8,
  bodyTooLarge,
  readText,
} from './body.js';
export { deadlineError } from './deadline.js';
export { InputError, type InputIssue } from './input-error.js';
export {
  findUnsupportedCoding,
  type MediaType,
  parseMediaType,
  type UnsupportedCoding,
} from './media-type.js';
export { isRecord } from './record.js';
export { RequestError } from './request-error.js';
export { readRequestId } from './request-id.js';
export {
  authorityOf,
  type IncomingRequest,
  originForm,
  pathBelow,
  type RequestTarget,
  splitTarget,
} from './request-target.js';
export { decodeUtf8, withoutByteOrderMark } from './text.js';
export { endUnreadBody } from './unread-body.js';
export { findUnsafeJson, isForbiddenKey, keyIssue } from './unsafe-json.js';
