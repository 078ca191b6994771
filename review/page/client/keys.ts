/** The keyboard: rows are links, so that what moves is the focus itself. */
import { signal } from '@preact/signals';
import { go } from './router.js';

export const helpShown = signal(false);

export const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'filter'],
  ['j, k', 'next row, row before'],
  ['o', 'open the row'],
  ['l', 'learning curves of the row'],
  ['x', 'pin the row, or unpin it'],
  ['c', 'compare what is pinned'],
  ['g s', 'searches'],
  ['g m', 'models'],
  ['g w', 'workers'],
  ['g n', 'submit a new search'],
  ['?', 'these keys'],
  ['Esc', 'leave the filter, close this'],
];

export function listenToKeys(): void {
  let gone = 0;
  document.addEventListener('keydown', (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const typing = target.matches('input, select, textarea, [data-editor]');
    if (event.key === 'Escape') {
      if (typing) target.blur();
      // The dialog tells of its end a moment later, and keys pressed until then would be lost.
      helpShown.value = false;
      return;
    }
    if (typing || helpShown.value) return;
    const afterG = Date.now() - gone < 1000;
    gone = event.key === 'g' ? Date.now() : 0;
    if (afterG && event.key === 's') go('/searches');
    else if (afterG && event.key === 'm') go('/models');
    else if (afterG && event.key === 'w') go('/workers');
    else if (afterG && event.key === 'n') go('/submit');
    else if (event.key === '/') document.getElementById('filter')?.focus();
    else if (event.key === 'j') moveBy(1);
    else if (event.key === 'k') moveBy(-1);
    else if (event.key === 'o') rowInFocus()?.click();
    else if (event.key === 'l') inRow('[data-curves]')?.click();
    else if (event.key === 'x') inRow('[data-pin]')?.click();
    else if (event.key === 'c') document.querySelector<HTMLElement>('[data-compare]')?.click();
    else if (event.key === '?') helpShown.value = true;
    else return;
    event.preventDefault();
  });
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('a[data-row]')];

const rowInFocus = (): HTMLElement | undefined =>
  rows().find((row) => row === document.activeElement || row.closest('tr')?.contains(document.activeElement));

const inRow = (selector: string): HTMLElement | null | undefined =>
  rowInFocus()?.closest('tr')?.querySelector<HTMLElement>(selector);

function moveBy(step: number): void {
  const all = rows();
  const current = rowInFocus();
  const at = current === undefined ? (step > 0 ? -1 : all.length) : all.indexOf(current);
  all[at + step]?.focus();
}
