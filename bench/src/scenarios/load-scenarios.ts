import { createScenario } from './create.js';
import { getScenario } from './get.js';
import { listScenario } from './list.js';
import { metaScenario } from './meta.js';
import { routesScenario } from './routes.js';
import { saveScenario } from './save.js';
import type { LoadScenario } from './scenario.js';
import { widgetsScenario } from './widgets.js';

export const loadScenarios: readonly LoadScenario[] = [
  getScenario,
  metaScenario,
  createScenario,
  saveScenario,
  widgetsScenario,
  listScenario,
  routesScenario,
];
