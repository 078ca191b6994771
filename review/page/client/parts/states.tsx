/** What stands where nothing is yet, or where something went wrong. */
import type { ComponentChildren } from 'preact';

export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <div class="waiting" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function Trouble({ message, again }: { message: string; again: () => void }) {
  return (
    <div class="trouble" role="alert">
      <p>{message}</p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}

export function Nothing({ children }: { children: ComponentChildren }) {
  return <div class="nothing">{children}</div>;
}

/** A line to copy into a terminal. */
export const Command = ({ children }: { children: string }) => <pre class="command">{children}</pre>;
