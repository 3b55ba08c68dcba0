import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Runs test files in the order of vitest's projects, and in each project the slowest first. Short
 * files at the end keep all workers busy until the last.
 */
export class ProjectOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const order = this.ctx.projects.map(({ name }) => name);
    const rank = ({ project }: TestSpecification) => order.indexOf(project.name);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
