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
 * Messages of events stay small, because the server parses each in one go; a larger event goes
 * alone.
 */
const bytesAtOnce = 128 * 1024;

/** Asks the server on behalf of a call, and hands its answers back. */
export function createHostCalls(send: (message: FromModuleOnWire) => unknown) {
  const open = new Map<number, PendingHostCall>();
  let last = 0;

  const ask = (call: number, question: HostCallOnWire): Promise<JsonValue | null> =>
    new Promise((resolve, reject) => {
      if ('key' in question && !(question.key.length >= 1 && question.key.length <= longestKey)) {
        throw new RangeError(`A key of the store has 1 to ${longestKey} characters`);
      }
      last += 1;
      send({ kind: 'ask', call, ask: last, question });
      open.set(last, { call, resolve, reject });
    });
  const reader = (call: number): StoreReader => ({
    get: (key) => ask(call, { kind: 'store.get', key }),
  });

  return {
    reader,
    store: (call: number): Store => ({
      ...reader(call),
      set: async (key, value) => void (await ask(call, { kind: 'store.set', key, value })),
      delete: async (key) => void (await ask(call, { kind: 'store.delete', key })),
    }),
    emit:
      (call: number): SyncServices['emit'] =>
      async (events) => {
        for (const batch of batchesOf(events)) await ask(call, { kind: 'emit', events: batch });
      },
    receive({ ask: number, ok, value }: Extract<ToModule, { kind: 'answer' }>): void {
      const asked = open.get(number);
      open.delete(number);
      if (ok) asked?.resolve(value);
      else
        asked?.reject(new Error('The server could not do what the module asked; its log says why'));
    },
    /** The call is over: what it asked and did not wait for is dropped. */
    forget(call: number): void {
      for (const [number, asked] of open) if (asked.call === call) open.delete(number);
    },
  };
}

type EventOnWire = Extract<HostCallOnWire, { kind: 'emit' }>['events'][number];

function* batchesOf(events: readonly ModuleEvent[]): Generator<EventOnWire[]> {
  let batch: EventOnWire[] = [];
  let bytes = 0;
  for (const event of events.map(onWire)) {
    const size = Buffer.byteLength(JSON.stringify(event));
    if (batch.length === eventsAtOnce || (batch.length > 0 && bytes + size > bytesAtOnce)) {
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
