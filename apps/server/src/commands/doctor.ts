import { type Environment, readEnvironment } from '../config/env.js';
import { checkDatabase, checkUnclaimed } from '../doctor/database.js';
import { bad, type Finding, fine, warn } from '../doctor/finding.js';
import { checkAddress, checkDisk, checkNode, checkSecrets } from '../doctor/machine.js';
import { checkModules } from '../doctor/modules.js';
import { checkBackups, checkMail, checkRedis } from '../doctor/services.js';
import { type PreflightFault, preflight } from '../startup/preflight.js';

const labels = { fine: 'ok   ', warn: 'warn ', bad: 'FAIL ' };

/**
 * Checks the settings, the machine and the services, and prints how to fix each problem. Returns 1
 * if the start would fail or a service does not work, else 0.
 */
export async function doctor(variables: NodeJS.ProcessEnv): Promise<number> {
  const findings = await runChecks(variables);
  for (const { subject, level, text } of findings)
    console.log(`${labels[level]}  ${subject.padEnd(12)} ${text}`);
  return findings.some(({ level }) => level === 'bad') ? 1 : 0;
}

async function runChecks(variables: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { environment, faults } = readEnvironment(variables);
  const machine = await preflight(environment);
  const isFaulty = (name: string) => machine.some((fault) => fault.name === name);
  const found = [checkNode()];
  // Stop here: further checks would use defaults instead of the operator's settings.
  if (faults.length > 0 || isFaulty('SYNAP_DATA_DIR')) {
    found.push(...faults.map((text) => bad('settings', text)), ...machine.map(asFinding));
    found.push(
      ...(await checkModules(environment, variables)),
      warn('more', 'further checks run once the settings are corrected'),
    );
    return found;
  }
  found.push(
    fine('environment', environment.environment),
    fine('data folder', environment.dataDir),
  );
  found.push(await checkDisk(environment), await checkSecrets(environment));
  const { findings, isServed } = await checkDatabase(environment);
  found.push(...findings, ...checkUnclaimed(), ...checkPorts(environment, machine, isServed));
  found.push(
    await checkMail(environment),
    ...(await checkRedis(environment)),
    ...(await checkBackups(environment)),
  );
  return [...found, ...(await checkModules(environment, variables)), ...checkAddress(environment)];
}

const asFinding = ({ name, message }: PreflightFault): Finding =>
  bad('settings', `${name}: ${message}`);

/** Accepts a port that this installation's own server has taken. */
function checkPorts(
  { role, host, port }: Environment,
  faults: readonly PreflightFault[],
  isServed: boolean,
): Finding[] {
  if (role !== 'worker' && faults.length === 0) return [fine('port', `${host}:${port} is free`)];
  return faults.map((fault) =>
    fault.isOccupiedBySynap && isServed
      ? fine('port', `${fault.name}: this Synap listens there`)
      : asFinding(fault),
  );
}
