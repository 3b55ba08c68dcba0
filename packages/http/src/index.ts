export { announcesBody } from './body.js';
export { InputFault, type InputIssue } from './input-fault.js';
export { type CodingFault, findCodingFault, type MediaType, parseMediaType } from './media-type.js';
export { authorityOf, originForm } from './request-target.js';
export { decodeUtf8, withoutByteOrderMark } from './text.js';
export { endUnreadBody } from './unread-body.js';
export { findUnsafe, isForbiddenKey, keyIssue } from './unsafe-json.js';
