/**
 * The program of a module's process: it loads one module and answers the server's messages until
 * the server goes away.
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
    // Nobody listens any more: whatever the module is doing, and what it started, is for no one.
    onEnd: endGroup,
  },
);
