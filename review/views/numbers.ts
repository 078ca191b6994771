/** JSON knows no NaN: a number that could not be computed is null. */
export const numberOrNull = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null;
