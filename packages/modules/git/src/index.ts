import { defineModule } from '@synap/module-sdk';
import { configSchema } from './config.js';
import { checkRepositories } from './health.js';
import { syncRepositories } from './sync.js';
import { activityWidget } from './widgets/activity.js';
import { authorsWidget } from './widgets/authors.js';
import { commitsWidget } from './widgets/commits.js';
import { repositoriesWidget } from './widgets/repositories.js';

export default defineModule({
  id: 'git',
  name: 'Git',
  defaultAccess: 'superusers',
  configSchema,
  widgets: [commitsWidget, authorsWidget, activityWidget, repositoriesWidget],
  syncJob: { every: 5 * 60, run: syncRepositories },
  healthCheck: checkRepositories,
});
