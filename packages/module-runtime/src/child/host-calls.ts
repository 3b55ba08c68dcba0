import type { JsonValue, ModuleEvent, Store, StoreReader, SyncServices } from '@synap/module-sdk';
import {
  eventsAtOnce,
  type FromModuleOnWire,
  type HostCallOnWire,
  longestKey,
  type ToModule,
} from '../protocol/messages.js';

interface PendingHostCall {
  call: number;
  resolve(value: JsonValue | null): void;
  reject(error: Error): void;
}

/**
 * Maximum bytes of events per message, because the server parses a message in one go. A larger
 * event is sent alone.
 */
const maxBatchBytes = 128 * 1024;

/** Calls the server on behalf of a running call, and settles its promises. */
export function createHostCalls(send: (message: FromModuleOnWire) => unknown) {
  const open = new Map<number, PendingHostCall>();
  let last = 0;

  const request = (call: number, hostCall: HostCallOnWire): Promise<JsonValue | null> =>
    new Promise((resolve, reject) => {
      if ('key' in hostCall && !(hostCall.key.length >= 1 && hostCall.key.length <= longestKey)) {
        throw new RangeError(`A key of the store must have 1 to ${longestKey} characters`);
      }
      last += 1;
      send({ kind: 'ask', call, ask: last, question: hostCall });
      open.set(last, { call, resolve, reject });
    });
  const reader = (call: number): StoreReader => ({
    get: (key) => request(call, { kind: 'store.get', key }),
  });

  return {
    reader,
    store: (call: number): Store => ({
      ...reader(call),
      set: async (key, value) => void (await request(call, { kind: 'store.set', key, value })),
      delete: async (key) => void (await request(call, { kind: 'store.delete', key })),
    }),
    emit:
      (call: number): SyncServices['emit'] =>
      async (events) => {
        for (const batch of batchesOf(events)) await request(call, { kind: 'emit', events: batch });
      },
    receive({ ask: number, ok, value }: Extract<ToModule, { kind: 'answer' }>): void {
      const pending = open.get(number);
      open.delete(number);
      if (ok) pending?.resolve(value);
      else pending?.reject(new Error('The server could not execute the call; its log says why'));
    },
    /** Drops the pending host calls of a call that has ended. */
    forget(call: number): void {
      for (const [number, pending] of open) if (pending.call === call) open.delete(number);
    },
  };
}

type EventOnWire = Extract<HostCallOnWire, { kind: 'emit' }>['events'][number];

function* batchesOf(events: readonly ModuleEvent[]): Generator<EventOnWire[]> {
  let batch: EventOnWire[] = [];
  let bytes = 0;
  for (const event of events.map(onWire)) {
    const size = Buffer.byteLength(JSON.stringify(event));
    if (batch.length === eventsAtOnce || (batch.length > 0 && bytes + size > maxBatchBytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

const onWire = ({ key, type, time, subject, payload }: ModuleEvent): EventOnWire => ({
  key,
  type,
  time: time.toISOString(),
  payload: { ...payload },
  ...(subject !== undefined && { subject }),
});
