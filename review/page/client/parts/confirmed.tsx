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
  field,
  onChanged,
}: {
  label: string;
  /** What the button is about, for screen readers. */
  about?: string;
  /** What will change. */
  question: string;
  path: string;
  body: object;
  /** A whole number that is asked for with it, and goes into the body under its name. */
  field?: { name: string; label: string; min: number; max: number; value: number };
  /** Called once it is through, or was refused. */
  onChanged: (isDone: boolean) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const number = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const ask = (): void => {
    // What was written and not sent is forgotten.
    form.current?.reset();
    dialog.current?.showModal();
  };
  const go = async (): Promise<void> => {
    const asked = field === undefined ? body : { ...body, [field.name]: number.current?.valueAsNumber };
    dialog.current?.close();
    // A second click finds the button gone.
    setBusy(true);
    let isDone = false;
    try {
      const { message } = await change<Changed>(path, asked);
      tell(message);
      isDone = true;
    } catch (error) {
      tell((error as Error).message, true);
    } finally {
      setBusy(false);
      onChanged(isDone);
    }
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={ask}>
        {label}
        {about !== undefined && <span class="hidden"> {about}</span>}
      </button>
      <dialog ref={dialog} aria-label={label}>
        <form
          ref={form}
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          <p>{question}</p>
          {field !== undefined && (
            <p>
              <label>
                {field.label}{' '}
                <input
                  ref={number}
                  type="number"
                  required
                  min={field.min}
                  max={field.max}
                  defaultValue={String(field.value)}
                />
              </label>
            </p>
          )}
          <p class="fields">
            <button type="submit">{label}</button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Leave it
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}
