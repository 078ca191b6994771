/** The time, told anew every second while something goes on. */
import { useEffect, useState } from 'preact/hooks';

export function useNow(goesOn: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [goesOn]);
  return now;
}
