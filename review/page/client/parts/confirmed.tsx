/** A button for a change that is asked about once more, and what came of it. */
import { useRef, useState } from 'preact/hooks';
import type { Changed } from '../../api.js';
import { change } from '../load.js';
import { tell } from './notice.js';

export function Confirmed({
  label,
  about,
  question,
  path,
  body,
  onChanged,
}: {
  label: string;
  /** What the button is about, for screen readers. */
  about?: string;
  /** What will change. */
  question: string;
  path: string;
  body: object;
  onChanged: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    dialog.current?.close();
    // A second click finds the button gone.
    setBusy(true);
    try {
      const { message } = await change<Changed>(path, body);
      tell(message);
    } catch (error) {
      tell((error as Error).message, true);
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={() => dialog.current?.showModal()}>
        {label}
        {about !== undefined && <span class="hidden"> {about}</span>}
      </button>
      <dialog ref={dialog} aria-label={label}>
        <p>{question}</p>
        <p class="fields">
          <button type="button" onClick={go}>
            {label}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </p>
      </dialog>
    </>
  );
}
