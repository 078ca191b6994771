/** The files of a run, by name: they are where it was logged. */
import type { RunView } from '../../api.js';
import { bytes } from '../format.js';

export function Files({ run: { files } }: { run: RunView }) {
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      {files.length === 0 && <p class="note">This run has none.</p>}
      <ul class="files">
        {files.map(({ path, bytes: size }) => (
          <li key={path}>
            {path} <span class="soft">{bytes(size)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
