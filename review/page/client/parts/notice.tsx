/** What came of a change. It stays when the view is drawn anew without the button, and goes with the view. */
import { signal, useSignalEffect } from '@preact/signals';
import { place } from '../router.js';

interface Told {
  readonly message: string;
  readonly bad: boolean;
  /** Where it was said. */
  readonly path: string;
}

const told = signal<Told | undefined>(undefined);

export function tell(message: string, bad = false): void {
  told.value = { message, bad, path: place.peek().path };
}

export function Notice() {
  useSignalEffect(() => {
    if (told.value !== undefined && place.value.path !== told.value.path) told.value = undefined;
  });
  const { message, bad } = told.value ?? {};
  return (
    <div role="status" class={bad ? 'notice bad' : 'notice'}>
      {message}
    </div>
  );
}
