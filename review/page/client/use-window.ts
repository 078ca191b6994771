/** The rows of a long table that are drawn, as it is scrolled. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { BEYOND, WHOLE, type Window, windowOf } from './window.js';

/** @returns The table's body, and what to draw in it. */
export function useWindow(count: number): [RefObject<HTMLTableSectionElement | null>, Window] {
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useRef(30);
  const [shown, setShown] = useState(() => windowOf(count, height.current, 0, innerHeight));
  const latest = useRef(shown);
  useLayoutEffect(() => {
    const look = (): void => {
      const element = body.current;
      if (element === null) return;
      const { from, to, above, below } = latest.current;
      const box = element.getBoundingClientRect();
      if (to > from && count > WHOLE)
        height.current = Math.max(16, (box.height - above - below) / (to - from));
      const next = windowOf(count, height.current, box.top, innerHeight);
      // A few rows more or less are no reason to draw.
      const far = Math.abs(next.from - from) >= BEYOND / 2 || Math.abs(next.to - to) >= BEYOND / 2;
      const end = (next.from === 0) !== (from === 0) || (next.to === count) !== (to === count);
      if (!far && !end) return;
      latest.current = next;
      setShown(next);
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [count]);
  // Until the effect has looked, what is shown may be of another count.
  return [body, count <= WHOLE ? windowOf(count, 1, 0, 0) : { ...shown, to: Math.min(shown.to, count) }];
}
