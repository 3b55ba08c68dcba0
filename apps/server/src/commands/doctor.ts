import { checkDatabase, checkUnclaimed } from '../doctor/database.js';
import { bad, type Finding, fine, warn } from '../doctor/finding.js';
import { checkAddress, checkDisk, checkNode, checkSecrets } from '../doctor/machine.js';
import { checkModules } from '../doctor/modules.js';
import { checkBackups, checkMail, checkRedis } from '../doctor/services.js';
import { type Environment, readEnvironment } from '../env.js';
import { type PreflightFault, preflight } from '../preflight.js';

const labels = { fine: 'ok   ', warn: 'warn ', bad: 'FAIL ' };

/**
 * Checks what Synap needs and says of each fault what to do. Answers 1 if the start would fail or a
 * service does not work, else 0.
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
  // With faulty settings all else would be checked by their defaults, which are not those of the
  // operator.
  if (faults.length > 0 || isFaulty('SYNAP_DATA_DIR')) {
    found.push(...faults.map((text) => bad('settings', text)), ...machine.map(asFinding));
    found.push(
      ...(await checkModules(environment, variables)),
      warn('more', 'is checked once the settings are corrected'),
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

/** A port that this installation's own server has taken is as it should be. */
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
