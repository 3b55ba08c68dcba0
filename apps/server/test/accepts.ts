import { connect } from 'node:net';

/**
 * True if a port of this machine takes connections. Sends nothing: a pooler's session or a server's
 * count stays untouched.
 */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
