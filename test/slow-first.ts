/** The order of test files: those that kill and freeze processes first, as a long one at the end would leave a core idle. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const FOLDERS = ['test/faults/', 'test/integration/', 'test/unit/'];

const place = ({ moduleId }: TestSpecification): number =>
  FOLDERS.findIndex((folder) => moduleId.includes(folder));

export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => place(a) - place(b));
  }
}
