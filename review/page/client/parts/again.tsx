/** What else can be done with a search: changed and submitted again, taken away as one file. */
import { API } from '../load.js';

export const Again = ({ searchId, parentRunId }: { searchId: string; parentRunId: string }) => (
  <>
    <a href={`/submit?from=${encodeURIComponent(parentRunId)}`}>Edit and submit again</a>
    <a href={`${API}/searches/${encodeURIComponent(searchId)}/report`} download={`${searchId}.html`}>
      Report
    </a>
  </>
);
