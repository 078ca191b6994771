/** What stands where a view has not come with the file. */
import { counted } from '../format.js';
import { told } from './told.js';

export function Missing() {
  return (
    <p class="note">
      Not in this file: it has the search, and the runs of its best{' '}
      {counted(told.configurations, 'configuration')}. <code>npx gridsearch review {told.searchId}</code>{' '}
      shows the rest.
    </p>
  );
}
