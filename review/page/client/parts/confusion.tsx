/** A confusion matrix: true classes down, predicted ones across, tinted by the share of the true class. */
import { inkOn, viridis } from '../colors.js';

export function Confusion({
  classes,
  counts,
}: {
  classes: readonly string[];
  counts: readonly (readonly number[])[];
}) {
  const total = counts.flat().reduce((sum, one) => sum + one, 0);
  const right = counts.reduce((sum, line, i) => sum + (line[i] ?? 0), 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class="heat" tabIndex={0} aria-label={`Confusion matrix: ${right} of ${total} right`}>
      <table>
        <thead>
          <tr>
            <th scope="col">true ↓ said →</th>
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((line, i) => {
            const sum = line.reduce((all, one) => all + one, 0) || 1;
            return (
              <tr key={classes[i]}>
                <th scope="row">{classes[i]}</th>
                {line.map((count, j) => (
                  <td
                    key={classes[j]}
                    style={{ background: viridis(count / sum), color: inkOn(count / sum) }}
                    title={`${((count / sum) * 100).toFixed(1)} % of ${classes[i]}`}
                  >
                    {count}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="note">
        {right} of {total} right, {((right / (total || 1)) * 100).toFixed(1)} %
      </p>
    </section>
  );
}
