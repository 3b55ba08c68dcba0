import { readdir } from 'node:fs/promises';
import type { ApiCall } from './clients.js';
import type { ContractCase } from './contract-case.js';
import type { Caller, Fixture } from './fixture.js';
import type { Procedure } from './procedures.js';

async function readCases(file: string): Promise<Record<string, ContractCase>> {
  const { cases }: { cases: Record<string, ContractCase> } = await import(
    /* @vite-ignore */ `./${file}`
  );
  return cases;
}

const files = (await readdir(import.meta.dirname)).filter((name) => /^cases\..+\.ts$/.test(name));

/**
 * Cases by procedure, of all files `cases.<feature>.ts`; a procedure without a case fails the
 * contract test.
 */
export const contractCases: Readonly<Record<string, ContractCase>> = Object.assign(
  {},
  ...(await Promise.all(files.map(readCases))),
);

export function caseOf({ path }: Procedure): ContractCase {
  const contractCase = contractCases[path];
  if (!contractCase)
    throw new Error(`${path} has no contract case: add one to cases.<feature>.ts.`);
  return contractCase;
}

/** Creates a valid call, by default as a permitted caller. */
export async function validCall(
  procedure: Procedure,
  fixture: Fixture,
  caller?: Caller,
): Promise<ApiCall> {
  const contractCase = caseOf(procedure);
  const by = caller ?? (contractCase.callers.user < 400 ? 'user' : 'superuser');
  return { token: fixture.tokenOf(by), ...(await contractCase.validCall?.(fixture, by)) };
}
