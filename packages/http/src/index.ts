export { announcesBody } from './body.js';
export { endUnreadBody } from './unread-body.js';
