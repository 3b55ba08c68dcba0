import type { LoadContext } from '@synap/module-sdk';
import type { Config } from './config.js';

/** The part of a load's or run's context that reading a repository needs. */
export type ReadContext = Pick<LoadContext<Config>, 'config' | 'log' | 'signal'>;
