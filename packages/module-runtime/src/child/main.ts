/**
 * Program of a module's process: loads one module and serves the server's messages until the
 * connection closes.
 */
import { Socket } from 'node:net';
import { type Channel, openChannel } from '../protocol/channel.js';
import { type FromModuleOnWire, largestMessage, toModuleSchema } from '../protocol/messages.js';
import { channelFd } from '../protocol/streams.js';
import { endGroup } from './end-group.js';
import { createModuleServer, type ModuleServer } from './module-server.js';

let server: ModuleServer | undefined;
const channel: Channel<FromModuleOnWire> = openChannel(
  new Socket({ fd: channelFd, readable: true, writable: true }),
  {
    largest: { sent: largestMessage.fromModule, received: largestMessage.toModule },
    onMessage: (message) => {
      server ??= createModuleServer(channel.send);
      server.receive(toModuleSchema.parse(message));
    },
    // The server is gone: stop the module and the programs it started.
    onEnd: endGroup,
  },
);
