/** Which of the logged curves a plot shows. */
export function CurveSelect({
  names,
  chosen,
  onChoose,
}: {
  readonly names: readonly string[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}) {
  return (
    <label>
      <span>Curve</span>{' '}
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
